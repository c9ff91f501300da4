// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { BlockableStatus, Config } from "../../lib/config/config.ts";
import type { Context } from "../../lib/context.ts";
import { waitAtMost } from "../../lib/deadline.ts";
import { pickLanguage } from "../../lib/http/accept_language.ts";
import type { RouteAnswer } from "../../lib/http/route.ts";
import { KratosMessages, kratosRefusal, MESSAGE_IDS } from "../../lib/kratos/messages.ts";
import { parseJumioMetadata } from "../../lib/kratos/metadata.ts";
import type { Log } from "../../lib/log.ts";
import { UpstreamError } from "../../lib/upstream/error.ts";
import { mayDiffer } from "../../lib/verification/compare_record.ts";
import { createLink } from "../../lib/verification/link.ts";
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import { VERIFICATION_STATUSES, type VerificationStatus } from "../../lib/verification/verdict.ts";
import { type Language, LANGUAGES, LOCALES } from "../../locales/mod.ts";
import type { Texts } from "../../locales/texts.ts";
import { defineHook, HookFields, readHookLanguages } from "./_hook.ts";

/** A shared deadline is late by up to 200 ms, so a sign-in waits for 250 ms at most. */
const RECORD_MS = 50;

/** People with these statuses can still verify, so the refusal has their link. */
const UNFINISHED: readonly BlockableStatus[] = ["none", "pending", "expired"];

/**
 * The body that `jsonnet/validate.jsonnet` renders. `jumio` may be anything: malformed metadata must
 * not refuse the hook.
 */
const ValidateHook = z.object({
  ...HookFields,
  jumio: z.optional(z.unknown().meta({ examples: [{ status: "rejected" }, null] })),
});

/**
 * Answers Kratos's `login.after` and `recovery.after` hooks: may this person have a session?
 *
 * Metadata can be lost or put back by another program. So our own record is asked before anybody is
 * let in: one read, and a short wait. No sign-in waits for Jumio or Ory.
 */
export const validate = defineHook({
  path: "/jumio/validate",
  summary: "Kratos's login.after and recovery.after hook: may this person have a session?",
  body: ValidateHook,
  answers: [
    { status: 200, description: "The sign-in continues", schema: z.strictObject({}) },
    { status: 403, description: "The sign-in is refused, with the reason", schema: KratosMessages },
  ],
  async handle(hook, context) {
    const { log, reconcileLater } = context;
    const identityId = hook["identity_id"];
    const status = readStatus(hook.jumio, { identityId, log });
    if (isBlocked(status, context)) {
      // The metadata of a person who was verified since then may have been lost.
      reconcileLater.request(identityId, hook.jumio);
      return await refuse(status, { hook, reason: "blocked_status", context });
    }
    const record = await readRecord(identityId, context);
    if (record === undefined) {
      const reason = "record_unavailable";
      log.warn("Allowed a sign-in by the metadata alone", { identityId, status, reason });
      return { response: Response.json({}), outcome: "unchecked", reason };
    }
    const isRefused = record !== null && isBlocked(record.status, context);
    const answer = isRefused
      ? await refuse(record.status, { hook, reason: "blocked_record", context })
      : { response: Response.json({}) };
    if (!isRefused) log.debug("Allowed a sign-in", { identityId, status });
    const metadata = parseJumioMetadata(hook.jumio);
    if (mayDiffer(record, { identityId, metadata })) reconcileLater.request(identityId, hook.jumio);
    return answer;
  },
});

function isBlocked(
  status: VerificationStatus | "none",
  { config: { policy } }: Context,
): status is BlockableStatus {
  return status !== "verified" && policy.loginBlockedStatuses.has(status);
}

/** Null where there is no record, undefined where KV does not answer in time. */
async function readRecord(
  identityId: string,
  { store, setDeadline }: Context,
): Promise<Verification | null | undefined> {
  try {
    const read = store.get<Verification>(verificationKey(identityId));
    return (await waitAtMost(RECORD_MS, read, { setTimer: setDeadline }))?.value;
  } catch (error) {
    if (error instanceof UpstreamError) return undefined;
    throw error;
  }
}

/**
 * The refusals of people who cannot verify any more: each is the same for all of them. Deno registers
 * each new answer that is not a 200 with the garbage collector, which took a tenth of the processor
 * time of a refusal. A copy of an answer is not registered.
 */
const FINISHED: Partial<Record<Language, Partial<Record<BlockableStatus, Response>>>> = {};

async function refuse(
  status: BlockableStatus,
  { hook, reason, context }: {
    hook: z.output<typeof ValidateHook>;
    reason: string;
    context: Context;
  },
): Promise<RouteAnswer> {
  const identityId = hook["identity_id"];
  context.log.info("Refused a sign-in", { identityId, status, reason });
  const language = pickLanguage(readHookLanguages(hook), LANGUAGES) ?? LANGUAGES[0];
  const response = FINISHED[language]?.[status]?.clone() ??
    await createRefusal(status, { identityId, language, context });
  return { response, outcome: "refused", reason };
}

async function createRefusal(
  status: BlockableStatus,
  { identityId, language, context: { config, now } }: {
    identityId: string;
    language: Language;
    context: Context;
  },
): Promise<Response> {
  const { signIn: texts } = await LOCALES[language].load();
  const isFinished = !UNFINISHED.includes(status);
  const link = isFinished
    ? ""
    : ` ${await describeLink(identityId, { texts, config, now: now() })}`;
  const refusal = kratosRefusal({
    status: 403,
    messageId: MESSAGE_IDS[status],
    text: texts[status] + link,
  });
  if (isFinished) (FINISHED[language] ??= {})[status] = refusal.clone();
  return refusal;
}

/**
 * Signs a new link for the person, who has just proved who they are. The link in the metadata is
 * never used: an import or another service can write to the metadata, and Kratos would show their
 * address, or another person's link, as its own message.
 */
async function describeLink(
  identityId: string,
  { texts, config: { address: { link, publicUrl } }, now }: {
    texts: Texts["signIn"];
    config: Config;
    now: number;
  },
): Promise<string> {
  if (link === undefined || publicUrl === undefined) return texts.withoutLink;
  const url = await createLink(identityId, { ...link, publicUrl, issuedAt: now });
  return `${texts.withLink} ${url}`;
}

/** Missing or malformed metadata counts as `none`: a broken identity is not a rejected one. */
function readStatus(
  jumio: unknown,
  { identityId, log }: { identityId: string; log: Log },
): VerificationStatus | "none" {
  const status = typeof jumio === "object" && jumio !== null && "status" in jumio
    ? jumio.status
    : undefined;
  if (isStatus(status)) return status;
  const isMissing = jumio === undefined || jumio === null ||
    (typeof jumio === "object" && !Array.isArray(jumio) && Object.keys(jumio).length === 0);
  if (!isMissing) log.warn("An identity has malformed metadata", { identityId });
  return "none";
}

function isStatus(value: unknown): value is VerificationStatus {
  return (VERIFICATION_STATUSES as readonly unknown[]).includes(value);
}
