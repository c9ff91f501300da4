import * as z from "zod";
import { parseJson, readBody } from "../lib/http/body.ts";
import type { Config } from "../lib/config/config.ts";
import type { Context } from "../lib/context.ts";
import { acceptCallback } from "../lib/verification/accept/callback.ts";
import { BODY_REFUSALS, type Operation, WITHOUT_KV } from "../lib/http/openapi.ts";
import { type Refusal, refuse } from "../lib/http/refusal.ts";
import {
  type CallbackToken,
  callbackTokenKey,
  hashCallbackToken,
  isCallbackToken,
} from "../lib/verification/callback_token.ts";
import { isAllowedSource } from "../lib/http/client_address.ts";
import { verifySignature } from "../lib/crypto/hmac.ts";
import { isFinalStatus } from "../lib/verification/verdict.ts";

/**
 * What Jumio calls back with. The `href`s are left out: they are never followed. There is no
 * decision in it, and no reference of ours that could be believed.
 */
export const JumioCallback = z.object({
  // For the record only: a time in another form must not cost a verdict.
  callbackSentAt: z.optional(z.unknown()),
  workflowExecution: z.object({ id: z.guid().toLowerCase(), status: z.string() }),
  account: z.object({ id: z.guid().toLowerCase() }),
});

/** What a callback's sender is, beside its request. */
export interface CallbackSender {
  /** The last segment of the path, or undefined for the form without one. */
  readonly token: string | undefined;
  /** The address of the TCP peer. */
  readonly peer: string;
}

/**
 * Receives Jumio's callback that an execution reached a status.
 *
 * It only says which execution to look at: the decision is read back from Jumio, so that no
 * callback can invent one. It is stored before the 200, because nobody has promised to repeat it.
 */
export async function jumioCallback(
  request: Request,
  { config, store, setDeadline, now, log, telemetry }: Context,
  sender: CallbackSender,
): Promise<Response> {
  function refuseCallback(reason: Refusal, field?: string): Response {
    log.info("Refused a callback", { reason, field });
    return refuse(reason, { field });
  }

  const body = await readBody(request, { setDeadline });
  if (!body.ok) return refuseCallback(body.reason);
  const refusal = await refuseSender(request.headers, { body: body.value, sender, config });
  if (refusal !== undefined) return refuseCallback(refusal);
  const token = await readToken(sender.token, { store, now });
  if (token === "unknown") return refuseCallback("callback_token");
  // To the start of the token's execution.
  telemetry.linkTo(token?.value.trace);
  const callback = parseJson(JumioCallback, body.value);
  if (!callback.ok) return refuseCallback(callback.reason, callback.field);

  const { callbackSentAt, workflowExecution: { id, status }, account } = callback.value;
  if (!isFinalStatus(status)) {
    log.info("Accepted a callback", { workflowExecutionId: id, outcome: "ignored" });
    return Response.json({ outcome: "ignored" });
  }
  const outcome = await acceptCallback(store, {
    workflowExecutionId: id,
    accountId: account.id,
    status,
    sentAt: readTimestamp(callbackSentAt),
    token,
    now: now(),
    trace: telemetry.currentTrace(),
  });
  if (outcome === "other_execution") return refuseCallback("callback_other_execution");
  log.info("Accepted a callback", { workflowExecutionId: id, status, outcome });
  return Response.json({ outcome });
}

/** For `GET /openapi.json`: the form that is signed. */
export function describeCallback(): { POST: Operation } {
  const schema = z.object({ outcome: z.enum(["accepted", "duplicate", "ignored"]) });
  return {
    POST: {
      summary: "Jumio's callback, signed on its way: an execution reached a status",
      security: ["callbackSignature"],
      body: JumioCallback,
      answers: [{ status: 200, description: "What became of it", schema }, WITHOUT_KV],
      refusals: ["callback_signature", ...BODY_REFUSALS],
    },
  };
}

/** For `GET /openapi.json`: the form that Jumio itself can use. The path authenticates. */
export function describeCallbackWithToken(): { POST: Operation } {
  const { POST } = describeCallback();
  return {
    POST: {
      ...POST,
      summary: "Jumio's callback, to the address that its create call named",
      security: [],
      parameters: [{
        name: "token",
        in: "path",
        description: "32 random bytes in base64url, made for one create call",
        schema: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
      }],
      refusals: ["not_found", "callback_token", ...BODY_REFUSALS],
    },
  };
}

function readTimestamp(value: unknown): string | null {
  const ms = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** A signature that is there must be right; where there is no token, it must be there. */
async function refuseSender(
  headers: Headers,
  { body, sender, config: { callback } }: {
    body: Uint8Array<ArrayBuffer>;
    sender: CallbackSender;
    config: Config;
  },
): Promise<Refusal | undefined> {
  if (!isAllowedSource(headers, { ...callback, peer: sender.peer })) return "callback_source";
  const signature = callback.keys.length === 0 ? null : headers.get("x-jumio-signature");
  if (signature !== null) {
    const isGood = await verifySignature(signature, { body, keys: callback.keys });
    return isGood ? undefined : "callback_signature";
  }
  return sender.token === undefined ? "callback_unauthenticated" : undefined;
}

/** The token's row, by its hash. Undefined where the path has no token. */
async function readToken(
  token: string | undefined,
  { store, now }: Pick<Context, "store" | "now">,
): Promise<{ hash: string; value: CallbackToken } | "unknown" | undefined> {
  if (token === undefined) return undefined;
  if (!isCallbackToken(token)) return "unknown";
  const hash = await hashCallbackToken(token);
  const { value } = await store.get<CallbackToken>(callbackTokenKey(hash));
  return value === null || value.expiresAt <= now() ? "unknown" : { hash, value };
}
