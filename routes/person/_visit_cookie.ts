import { VISIT_LIFETIME_MS } from "../../lib/verification/link.ts";

/** The cookie by which the way back knows the person, for as long as a visit may take. */
export const VISIT_COOKIE = "jumio_visit";

/** Where Jumio sends the person afterwards, and the only place that is sent the cookie. */
export function returnUrl(publicUrl: string): URL {
  return new URL(`${publicUrl}/jumio/verify/return`);
}

/** Browsers take `Secure` for a loopback address, too, so that it is never left out. */
export function createVisitCookie(visit: string, publicUrl: string): string {
  const { pathname } = returnUrl(publicUrl);
  return `${VISIT_COOKIE}=${visit}; Path=${pathname}; Max-Age=${VISIT_LIFETIME_MS / 1000}; ` +
    "Secure; HttpOnly; SameSite=Lax";
}
