import { readCookie, serializeCookie } from "../../lib/http/cookies.ts";
import { VISIT_LIFETIME_MS } from "../../lib/verification/link.ts";

const NAME = "jumio_visit";

/** Where Jumio sends the person back to. */
export function returnUrl(publicUrl: string): URL {
  return new URL(`${publicUrl}/jumio/verify/return`);
}

/** Reads the token of a visit to Jumio. */
export function readVisitCookie(headers: Headers, publicUrl: string): string | undefined {
  return readCookie(headers, nameFor(returnUrl(publicUrl)));
}

/**
 * Creates the header by which the return page will know the person. They come from Jumio's site: with
 * `SameSite=Strict` the browser would not send the cookie.
 */
export function createVisitCookie(visit: string, publicUrl: string): string {
  const url = returnUrl(publicUrl);
  return serializeCookie(nameFor(url), visit, {
    path: url.protocol === "https:" ? "/" : url.pathname,
    maxAgeSeconds: VISIT_LIFETIME_MS / 1000,
    sameSite: "Lax",
  });
}

/**
 * Browsers accept a `__Host-` cookie only from this host, over TLS, for all paths. Without the prefix a
 * sibling domain could set the cookie of the attacker's own visit, and the person would see the
 * attacker's progress.
 */
function nameFor({ protocol }: URL): string {
  return protocol === "https:" ? `__Host-${NAME}` : NAME;
}
