// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../lib/context.ts";
import { type HmacKey, verifySignature } from "../lib/crypto/hmac.ts";
import type { Authentication } from "../lib/http/authentication.ts";
import { isAllowedSource } from "../lib/http/client_address.ts";
import { type PathParameter, type Security, WITHOUT_KV } from "../lib/http/openapi.ts";
import type { Refusal } from "../lib/http/refusal.ts";
import { defineRoute, type Refused, refused, type RouteAnswer } from "../lib/http/route.ts";
import { parseTimestamp, toTimestamp } from "../lib/timestamp.ts";
import { acceptCallback } from "../lib/verification/accept/callback.ts";
import {
  type CallbackToken,
  callbackTokenKey,
  hashCallbackToken,
  isCallbackToken,
} from "../lib/verification/callback_token.ts";
import { isFinalStatus } from "../lib/verification/verdict.ts";

/**
 * Jumio's callback. Its `href`s are left out, because they are never followed. It has no decision, and
 * no reference of ours that we could trust.
 */
const JumioCallback = z.object({
  // Only for the timeline: a time in another format must not cost a verdict.
  callbackSentAt: z.optional(z.unknown()),
  workflowExecution: z.object({ id: z.guid().toLowerCase(), status: z.string() }),
  account: z.object({ id: z.guid().toLowerCase() }),
});

const Accepted = z.object({ outcome: z.enum(["accepted", "duplicate", "ignored"]) });

const ANSWERS = [
  { status: 200, description: "What became of the callback", schema: Accepted },
  WITHOUT_KV,
];

/** Any text leads to the route, so that a malformed token is refused like a wrong one. */
const TOKEN: PathParameter = {
  description: "32 random bytes in base64url, created for one call of Jumio",
  schema: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  pattern: "[^/]+",
};

/** The row of a token from the path; undefined for a callback that is only signed. */
type Caller = { readonly hash: string; readonly value: CallbackToken } | undefined;

/**
 * Receives Jumio's callback that an execution reached a status.
 *
 * The callback only names the execution to check: the job reads the decision from Jumio, so that
 * nobody can invent one. It is stored before the 200, because Jumio does not promise to repeat it.
 */
export const callback = defineRoute({
  method: "POST",
  path: "/jumio/callback",
  summary: "Jumio's callback, signed by a proxy: an execution reached a status",
  authentication: authenticateBy({
    security: ["callbackSignature"],
    refusals: ["callback_signature"],
  }),
  body: JumioCallback,
  answers: ANSWERS,
  handle: ({ body, caller }, context: Context) => handleCallback(body, { caller, context }),
});

/** The form that Jumio itself can use: the path authenticates the sender. */
export const callbackWithToken = defineRoute({
  method: "POST",
  path: "/jumio/callback/{token}",
  summary: "Jumio's callback, to the address from our create call",
  authentication: authenticateBy({ security: [], refusals: ["callback_token"] }),
  parameters: { token: TOKEN },
  body: JumioCallback,
  answers: ANSWERS,
  handle: ({ body, caller }, context: Context) => handleCallback(body, { caller, context }),
});

function authenticateBy(
  { security, refusals }: { security: readonly Security[]; refusals: readonly Refusal[] },
): Authentication<Context, Caller> {
  return {
    security,
    refusals,
    coversBody: true,
    async check({ headers }, { config, store, now, telemetry }, { params, info, body }) {
      const token = params["token"];
      const peer = info.remoteAddr.hostname ?? "";
      if (!(await isAllowedSource(headers, { ...config.callback, peer }))) {
        return { ok: false, reason: "callback_source" };
      }
      const refusal = await refuseSignature(headers, { body, keys: config.callback.keys, token });
      if (refusal !== undefined) return { ok: false, reason: refusal };
      if (token === undefined) return { ok: true, value: undefined };
      const row = await readToken(token, { store, now: now() });
      if (row === undefined) return { ok: false, reason: "callback_token" };
      // To the start of the token's execution.
      telemetry.linkTo(row.value.trace);
      return { ok: true, value: row };
    },
  };
}

/** Requires a signature if there is no token. A signature that is sent must be right in any case. */
async function refuseSignature(
  headers: Headers,
  { body, keys, token }: {
    body: Uint8Array<ArrayBuffer> | undefined;
    keys: readonly HmacKey[];
    token: string | undefined;
  },
): Promise<Refusal | undefined> {
  const signature = keys.length === 0 ? null : headers.get("x-jumio-signature");
  if (signature === null) return token === undefined ? "callback_unauthenticated" : undefined;
  const isRight = body !== undefined && await verifySignature(signature, { body, keys });
  return isRight ? undefined : "callback_signature";
}

async function readToken(
  token: string,
  { store, now }: { store: Context["store"]; now: number },
): Promise<Caller> {
  if (!isCallbackToken(token)) return undefined;
  const hash = await hashCallbackToken(token);
  const { value } = await store.get<CallbackToken>(callbackTokenKey(hash));
  return value === null || value.expiresAt <= now ? undefined : { hash, value };
}

async function handleCallback(
  { callbackSentAt, workflowExecution: { id, status }, account }: z.output<typeof JumioCallback>,
  { caller, context: { store, now, log, telemetry } }: { caller: Caller; context: Context },
): Promise<RouteAnswer | Refused> {
  if (!isFinalStatus(status)) {
    log.info("Accepted a callback", { workflowExecutionId: id, outcome: "ignored" });
    return answer("ignored");
  }
  const outcome = await acceptCallback(store, {
    workflowExecutionId: id,
    accountId: account.id,
    status,
    sentAt: typeof callbackSentAt === "string" ? toTimestamp(parseTimestamp(callbackSentAt)) : null,
    token: caller,
    now: now(),
    trace: telemetry.currentTrace(),
  });
  if (outcome === "other_execution") return refused("callback_other_execution");
  log.info("Accepted a callback", { workflowExecutionId: id, status, outcome });
  return answer(outcome);
}

function answer(outcome: z.output<typeof Accepted>["outcome"]): RouteAnswer {
  return { response: Response.json({ outcome }), outcome };
}
