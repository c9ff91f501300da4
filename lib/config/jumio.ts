import * as z from "zod";
import { createSecret } from "../crypto/secret.ts";
import { isLoopback } from "../http/client_address.ts";
import { headerText, httpUrl, number, text } from "./_setting.ts";

const jumioUrl = httpUrl.refine(
  (url) => url.protocol === "https:" || isLoopback(url),
  "must begin with https://, except on a loopback address: it gets the client secret",
);

/** Jumio's APIs, and how to use them. */
export const JumioSettings = z.object({
  tokenUrl: jumioUrl.transform(
    (url) => new URL(url.pathname.replace(/(?:\/oauth2\/token|\/*)$/, "/oauth2/token"), url),
  ).meta({ name: "JUMIO_AUTH_URL" }),
  apiUrl: jumioUrl.meta({ name: "JUMIO_API_BASE_URL" }),
  clientId: headerText.meta({ name: "JUMIO_CLIENT_ID" }),
  clientSecret: headerText.transform(createSecret).meta({ name: "JUMIO_CLIENT_SECRET" }),
  workflowKey: text.default("10011").meta({ name: "JUMIO_WORKFLOW_KEY" }),
  startsPerSecond: number({ min: 0.01, max: 1000, isWhole: false }).default(1)
    .meta({ name: "JUMIO_STARTS_PER_SECOND" }),
}).transform(({ apiUrl, ...settings }) => ({
  ...settings,
  accountUrl: createApiUrl(apiUrl, "account"),
  retrievalUrl: createApiUrl(apiUrl, "retrieval"),
  webSources: listWebSources({ tokenUrl: settings.tokenUrl, apiUrl }),
}));

/** A host name that begins with `account.`, `api.` or `retrieval.` gives both; any other serves both. */
function createApiUrl(apiUrl: URL, name: "account" | "retrieval"): URL {
  const url = new URL(apiUrl);
  url.hostname = url.hostname.replace(/^(?:account|api|retrieval)\./, `${name}.`);
  url.pathname = url.pathname.replace(/\/*$/, "").replace(/(?:\/api\/v1)?$/, "/api/v1/");
  return url;
}

/**
 * Where Jumio's pages for the person may be, as sources of a Content-Security-Policy.
 *
 * They are at `<prefix>.web.<region>.jumio.ai`, those of a simulator at its own address. Behind the
 * operator's own proxy the region is unknown, so any Jumio host is allowed.
 */
function listWebSources(
  { tokenUrl, apiUrl }: { tokenUrl: URL; apiUrl: URL },
): readonly string[] {
  const regions = [tokenUrl, apiUrl].flatMap(({ hostname }) =>
    /^[a-z]+\.([a-z0-9-]+)\.jumio\.ai$/.exec(hostname)?.[1] ?? []
  );
  if (regions.length > 0) {
    return [...new Set(regions.map((region) => `https://*.web.${region}.jumio.ai`))];
  }
  return isLoopback(apiUrl) ? [apiUrl.origin] : [apiUrl.origin, "https://*.jumio.ai"];
}
