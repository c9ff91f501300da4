import type { Context } from "../../../lib/context.ts";
import type { Operator } from "../../../lib/history/operator_action.ts";
import {
  createSession,
  type OperatorKey,
  SESSION_MS,
  verifySession,
} from "../../../lib/operator/key.ts";

/** `__Host-`: the browser takes it from this very host alone, over TLS, for all paths. */
const COOKIE = "__Host-operator";

/** No script reads it, and it comes along with no request from another site. */
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict";

/** Who has signed in at the page. */
export async function readSession(
  request: Request,
  { config, now }: Pick<Context, "config" | "now">,
): Promise<Operator | undefined> {
  const cookies = (request.headers.get("cookie") ?? "").split(/;\s*/);
  const token = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
  if (token === undefined) return undefined;
  return await verifySession(token, { keys: config.operatorKeys, now: now() });
}

/** The header that signs in. */
export async function signInCookie(
  options: { name: string; key: OperatorKey; now: number },
): Promise<string> {
  const token = await createSession(options);
  return `${COOKIE}=${token}; Max-Age=${SESSION_MS / 1000}; ${ATTRIBUTES}`;
}

/** The header that signs out. */
export function signOutCookie(): string {
  return `${COOKIE}=; Max-Age=0; ${ATTRIBUTES}`;
}

/**
 * Whether a form was sent by a page of ours. A browser says so in headers that no page can set;
 * whatever says nothing is no browser that we know.
 */
export function isSameOrigin({ headers, url }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin") ?? "";
  // The host alone: a proxy before us may have ended TLS.
  const host = headers.get("host") ?? new URL(url).host;
  return URL.canParse(origin) && new URL(origin).host === host;
}
