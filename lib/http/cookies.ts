// SPDX-License-Identifier: Apache-2.0
/** Where and for how long a browser keeps a cookie. */
export interface CookieScope {
  readonly path: string;
  /** In whole seconds. 0 deletes the cookie. */
  readonly maxAgeSeconds: number;
  /** `Strict` is not sent when another site redirects the browser to us; `Lax` is. */
  readonly sameSite: "Lax" | "Strict";
}

/** Reads a cookie's value from a request. */
export function readCookie(headers: Headers, name: string): string | undefined {
  const pairs = (headers.get("cookie") ?? "").split(/;\s*/);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/**
 * Writes a `Set-Cookie` header. No script can read the cookie, and it is sent over TLS only:
 * browsers accept `Secure` for loopback addresses too, so it is never left out.
 */
export function serializeCookie(
  name: string,
  value: string,
  { path, maxAgeSeconds, sameSite }: CookieScope,
): string {
  return `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; ` +
    `Secure; HttpOnly; SameSite=${sameSite}`;
}
