/** An address as text: its authority, and its path. */
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/([^/?]*)([^?]*)/i;

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
  return ADDRESS.exec(address)?.[2] ?? "";
}

/** Whether another program could take a raw path for a different one. */
export function isAmbiguousPath(path: string): boolean {
  return AMBIGUOUS.test(path);
}

/**
 * Whether the path of a request can be read from its address.
 *
 * Deno builds `request.url` as text, from the `Host` header and the request's target, and parses
 * neither (seen in 2.9.6): `GET /health` with `Host: x/operator/status?` is
 * `http://x/operator/status?/health`. A target in absolute form replaces the header there. So the
 * header and the authority are both checked. HTTP/1.0 has no `Host`, and health checks use it.
 */
export function hasValidHost({ url, headers }: Request): boolean {
  const host = headers.get("host");
  return (host === null || HOST.test(host)) && HOST.test(ADDRESS.exec(url)?.[1] ?? "") &&
    URL.canParse(url);
}
