// SPDX-License-Identifier: Apache-2.0
import { readCookie, serializeCookie } from "../../lib/http/cookies.ts";
import { VISIT_LIFETIME_MS } from "../../lib/verification/link.ts";

const NAME = "jumio_visit";

/** Neither a token nor a language contains it. */
const SEPARATOR = "~";

/** Where Jumio sends the person back to. */
export function returnUrl(publicUrl: string): URL {
  return new URL(`${publicUrl}/jumio/verify/return`);
}

/** What the return page knows of a visit to Jumio. */
export interface Visit {
  readonly token: string;
  /** The language that the person had chosen. Nobody signs it: it only picks our texts. */
  readonly language?: string | undefined;
}

/** Reads the cookie of a visit to Jumio. Without `PUBLIC_URL` nobody visits Jumio from our page. */
export function readVisitCookie(headers: Headers, publicUrl: string): Visit | undefined {
  if (publicUrl === "") return undefined;
  const value = readCookie(headers, nameFor(returnUrl(publicUrl)));
  if (value === undefined) return undefined;
  const [token = "", language] = value.split(SEPARATOR);
  return { token, language };
}

/**
 * Creates the header by which the return page will know the person. They come from Jumio's site: with
 * `SameSite=Strict` the browser would not send the cookie.
 */
export function createVisitCookie({ token, language }: Visit, publicUrl: string): string {
  const url = returnUrl(publicUrl);
  const value = language === undefined ? token : `${token}${SEPARATOR}${language}`;
  return serializeCookie(nameFor(url), value, {
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
