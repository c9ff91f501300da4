import { readCookie, serializeCookie } from "../../lib/http/cookies.ts";
import { VISIT_LIFETIME_MS } from "../../lib/verification/link.ts";

const NAME = "jumio_visit";

/** Where Jumio sends the person back to. Browsers send the cookie only to this path. */
export function returnUrl(publicUrl: string): URL {
  return new URL(`${publicUrl}/jumio/verify/return`);
}

/** Reads the token of a visit to Jumio. */
export function readVisitCookie(headers: Headers): string | undefined {
  return readCookie(headers, NAME);
}

/** Creates the header by which the return page will know the person. */
export function createVisitCookie(visit: string, publicUrl: string): string {
  return serializeCookie(NAME, visit, {
    path: returnUrl(publicUrl).pathname,
    maxAgeSeconds: VISIT_LIFETIME_MS / 1000,
    // The person comes from Jumio's site: with `Strict` the browser would not send the cookie.
    sameSite: "Lax",
  });
}
