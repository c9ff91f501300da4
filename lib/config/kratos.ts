// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { createSecret } from "../crypto/secret.ts";
import { headerText, httpUrl } from "./_setting.ts";

/** Ory's admin API. A self-hosted Kratos needs no key: its admin API is on a private network. */
export const KratosSettings = z.object({
  KRATOS_ADMIN_URL: httpUrl.refine(
    (url) => !isOryNetwork(url) || url.protocol === "https:",
    "must begin with https://: it is an Ory Network address",
  ),
  ORY_API_KEY: headerText.transform(createSecret).optional(),
}).refine((env) => env.ORY_API_KEY !== undefined || !isOryNetwork(env.KRATOS_ADMIN_URL), {
  path: ["ORY_API_KEY"],
  error: "is missing: KRATOS_ADMIN_URL is an Ory Network address",
}).transform(({ KRATOS_ADMIN_URL: url, ORY_API_KEY: apiKey }) => ({
  /** Ends with a slash, without `admin/`. */
  adminUrl: new URL(url.pathname.replace(/(?:\/admin)?\/*$/, "/"), url),
  apiKey,
}));

/** Whether an address belongs to Ory Network, which requires an API key. */
export function isOryNetwork({ hostname }: URL): boolean {
  return /\.(?:oryapis\.com|ory\.sh|ory\.com)$/.test(hostname);
}
