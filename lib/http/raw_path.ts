/**
 * The path of an absolute address exactly as it was written; empty if there is none. `URL` would
 * resolve dots (`/x/../health`) and backslashes, and then a proxy and this service could see
 * different paths.
 */
export function readRawPath(address: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?]*([^?]*)/i.exec(address)?.[1] ?? "";
}
