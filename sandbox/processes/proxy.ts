// SPDX-License-Identifier: Apache-2.0
/** Forwards requests to a server. Rejects if it does not answer. */
export function createProxy(
  { target, fetch }: { target: string; fetch: typeof globalThis.fetch },
): (request: Request) => Promise<Response> {
  return async ({ url, method, headers, body }) => {
    const { pathname, search } = new URL(url);
    return await fetch(target + pathname + search, {
      method,
      headers,
      body,
      // The browser follows a redirect, and shows its address.
      redirect: "manual",
    });
  };
}

/** A `fetch` that calls `to` instead of `from`, so that it does not go through a proxy there. */
export function createDetour(
  { from, to, fetch }: { from: string; to: string; fetch: typeof globalThis.fetch },
): typeof globalThis.fetch {
  return (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.startsWith(`${from}/`)) return fetch(input, init);
    const detour = to + url.slice(from.length);
    return fetch(input instanceof Request ? new Request(detour, input) : detour, init);
  };
}
