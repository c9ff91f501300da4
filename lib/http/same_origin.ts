// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a page of this service sent a request, by headers that a page cannot set.
 *
 * The attack: a page on another site submits a form to us in the visitor's browser, with the
 * visitor's cookies or with a token of the attacker's own (cross-site request forgery). Of the
 * rules that would stop it this is the strictest that our own pages meet:
 *
 * - `Sec-Fetch-Site`, if present, must be `same-origin`. `same-site` is not enough: another
 *   application on a sister domain or another port must not send our forms.
 * - `Origin`, if present, must be ours. This also refuses `null`, which sandboxed frames send, and
 *   a foreign name that resolves to our address (DNS rebinding), which passes for `same-origin`.
 * - A request with neither is refused: browsers before 2020 sent forms to other sites that way.
 *
 * `origin` is the one address of the page, where it is configured. Without it the `Host` header
 * counts, but only for browsers without `Sec-Fetch-Site`, and without the scheme: a proxy may have
 * ended TLS, and nginx replaces `Host` unless told otherwise.
 */
export function isSameOrigin(
  { headers, url }: Request,
  { origin: own }: { origin?: string | undefined } = {},
): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  if (site !== null && site !== "same-origin") return false;
  if (origin === null) return site !== null;
  if (own !== undefined) return origin === own;
  if (origin === "null") return false;
  return site !== null || URL.parse(origin)?.host === (headers.get("host") ?? new URL(url).host);
}
