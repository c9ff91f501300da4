// SPDX-License-Identifier: Apache-2.0
import type { Context } from "../../../lib/context.ts";
import { signedFields } from "../../../lib/history/operator_action.ts";
import { readCookie, serializeCookie } from "../../../lib/http/cookies.ts";
import type { Authentication } from "../../../lib/http/authentication.ts";
import {
  allowsMethod,
  createSession,
  type OperatorKey,
  SESSION_MS,
  type SignedInOperator,
  verifySession,
} from "../../../lib/operator/key.ts";
import { answerReadOnlyPage } from "./_read_only.ts";
import type { PageAddress } from "./_redirect.ts";

/** Browsers accept a `__Host-` cookie only from this host, over TLS, for all paths. */
const NAME = "__Host-operator";

/** `Strict`: no request from another site carries the session. */
const SCOPE = { path: "/", sameSite: "Strict" } as const;

/**
 * The operator who has signed in at the page. Without a session it does not refuse: the routes show
 * the form to sign in. It refuses every form of an operator who may only read, so that no page has
 * to think of it.
 */
export const SESSION: Authentication<Context, SignedInOperator | undefined> = {
  security: [],
  // The answer 403 is one of those of every form.
  refusals: [],
  async check({ headers, method }, { config, now }) {
    const token = readCookie(headers, NAME);
    const operator = token === undefined
      ? undefined
      : await verifySession(token, { keys: config.operator.keys, now: now() });
    return operator !== undefined && !allowsMethod(operator, method)
      ? { ok: false, reason: "read_only", sender: signedFields(operator) }
      : { ok: true, value: operator };
  },
  describeCaller: (operator) => operator && signedFields(operator),
  answerRefusal: ({ refusal }) => refusal === "read_only" ? answerReadOnlyPage() : undefined,
};

/** Where a form leads that was sent without a session: it has done nothing, and the page says so. */
export const SESSION_ENDED: PageAddress = "./?ended";

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
