// SPDX-License-Identifier: Apache-2.0
/** The scheme and the authority of an address as text. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i;

/** A name or an address, with or without a port. */
const HOST = /^[A-Za-z0-9.:[\]-]+$/;

/** A backslash, or a segment of one or two dots; also percent-encoded, as proxies may decode it. */
const AMBIGUOUS = /\\|%5c|(?:^|\/|%2f)(?:\.|%2e){1,2}(?=\/|%2f|$)/i;

/**
 * The path of an absolute address exactly as it was written; empty if there is none. `URL` would
 * resolve dots (`/x/../health`) and backslashes, and then a proxy and this service could see
 * different paths.
 */
export function readRawPath(address: string): string {
  const origin = ORIGIN.exec(address)?.[0];
  return origin === undefined ? "" : readPathAfter(origin.length, address);
}

/** Whether another program could take a raw path for a different one. */
export function isAmbiguousPath(path: string): boolean {
  return AMBIGUOUS.test(path);
}

/** Reads the path of a request, exactly as it was sent. Undefined where its host is not a valid one. */
export type ReadPath = (request: Pick<Request, "url" | "headers">) => string | undefined;

/**
 * Creates a {@linkcode ReadPath}.
 *
 * Deno builds `request.url` as text, from the `Host` header and the request's target, and parses
 * neither (seen in 2.9.6): `GET /health` with `Host: x/operator/status?` is
 * `http://x/operator/status?/health`. A target in absolute form replaces the header there. So the
 * header and the authority are both checked. HTTP/1.0 has no `Host`, and health checks use it.
 *
 * Nearly every request has the same two as the last one. Those are not checked again.
 */
export function createPathReader(): ReadPath {
  let checked: { readonly host: string | null; readonly root: string } | undefined;

  return ({ url, headers }) => {
    const host = headers.get("host");
    if (checked !== undefined && host === checked.host && url.startsWith(checked.root)) {
      return readPathAfter(checked.root.length - 1, url);
    }
    const origin = ORIGIN.exec(url)?.[0] ?? "";
    const authority = origin.slice(origin.indexOf("//") + 2);
    if (host !== null && !HOST.test(host) || !HOST.test(authority) || !URL.canParse(url)) {
      return undefined;
    }
    checked = { host, root: `${origin}/` };
    return readPathAfter(origin.length, url);
  };
}

function readPathAfter(begin: number, address: string): string {
  const query = address.indexOf("?", begin);
  return address.slice(begin, query === -1 ? undefined : query);
}
