import type { Context } from "../../../lib/context.ts";
import type { Operator } from "../../../lib/history/operator_action.ts";
import { readCookie, serializeCookie } from "../../../lib/http/cookies.ts";
import type { Authentication } from "../../../lib/http/route.ts";
import {
  createSession,
  type OperatorKey,
  SESSION_MS,
  verifySession,
} from "../../../lib/operator/key.ts";

/** Browsers accept a `__Host-` cookie only from this host, over TLS, for all paths. */
const NAME = "__Host-operator";

/** `Strict`: no request from another site carries the session. */
const SCOPE = { path: "/", sameSite: "Strict" } as const;

/**
 * The operator who has signed in at the page. It never refuses: without a session the routes show
 * the form to sign in.
 */
export const SESSION: Authentication<Context, Operator | undefined> = {
  security: [],
  refusals: [],
  async check({ headers }, { config, now }) {
    const token = readCookie(headers, NAME);
    const operator = token === undefined
      ? undefined
      : await verifySession(token, { keys: config.operator.keys, now: now() });
    return { ok: true, value: operator };
  },
};

/** Where a form leads that was sent without a session: it has done nothing, and the page says so. */
export const SESSION_ENDED = "/operator/?ended";

/** Creates the header that signs in. */
export async function createSessionCookie(
  options: { name: string; key: OperatorKey; now: number },
): Promise<string> {
  const token = await createSession(options);
  return serializeCookie(NAME, token, { ...SCOPE, maxAgeSeconds: SESSION_MS / 1000 });
}

/** Creates the header that signs out. */
export function deleteSessionCookie(): string {
  return serializeCookie(NAME, "", { ...SCOPE, maxAgeSeconds: 0 });
}
