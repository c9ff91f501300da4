import * as z from "zod";
import { createSecret } from "../crypto/secret.ts";
import { headerText, httpUrl } from "./_setting.ts";

/** Ory's admin API. */
export const KratosSettings = z.object({
  /** Ends with a slash, without `admin/`. */
  adminUrl: httpUrl.refine(
    (url) => !isOryNetwork(url) || url.protocol === "https:",
    "must begin with https://: it is an Ory Network address",
  ).transform((url) => new URL(url.pathname.replace(/(?:\/admin)?\/*$/, "/"), url))
    .meta({ name: "KRATOS_ADMIN_URL" }),
  /** A self-hosted Kratos needs none: its admin API is on a private network. */
  apiKey: headerText.transform(createSecret).optional().meta({ name: "ORY_API_KEY" }),
}).refine(({ adminUrl, apiKey }) => apiKey !== undefined || !isOryNetwork(adminUrl), {
  path: ["apiKey"],
  error: "is missing: KRATOS_ADMIN_URL is an Ory Network address",
});

/** Whether an address belongs to Ory Network, which requires an API key. */
export function isOryNetwork({ hostname }: URL): boolean {
  return /\.(?:oryapis\.com|ory\.sh|ory\.com)$/.test(hostname);
}
