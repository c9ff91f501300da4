// SPDX-License-Identifier: Apache-2.0
/**
 * Creates a fetch that keeps no idle connection, for calls that must not be sent twice.
 *
 * Deno's fetch sends a request again by itself if a pooled connection dies under it, also a POST
 * (denoland/deno#35610, open in 2.9.6). A header `Connection: close` does not prevent that.
 */
export function createFetchOnce(fetchPooled: typeof fetch): typeof fetch {
  let client: Deno.HttpClient | undefined;
  return (input, init) => {
    client ??= Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
    return fetchPooled(input, { ...init, client });
  };
}
