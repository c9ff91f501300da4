// SPDX-License-Identifier: Apache-2.0
import { isLoopback } from "../http/client_address.ts";

/** Where Jumio gives access tokens: at the same path below every address. */
export function createTokenUrl(authUrl: URL): URL {
  return new URL(authUrl.pathname.replace(/(?:\/oauth2\/token|\/*)$/, "/oauth2/token"), authUrl);
}

/** A host name that begins with `account.`, `api.` or `retrieval.` gives both; any other serves both. */
export function createApiUrl(apiUrl: URL, name: "account" | "retrieval"): URL {
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
export function listWebSources(
  { authUrl, apiUrl }: { authUrl: URL; apiUrl: URL },
): readonly string[] {
  const regions = [authUrl, apiUrl].flatMap(({ hostname }) =>
    /^[a-z]+\.([a-z0-9-]+)\.jumio\.ai$/.exec(hostname)?.[1] ?? []
  );
  if (regions.length > 0) {
    return [...new Set(regions.map((region) => `https://*.web.${region}.jumio.ai`))];
  }
  return isLoopback(apiUrl) ? [apiUrl.origin] : [apiUrl.origin, "https://*.jumio.ai"];
}
