import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { acceptErasure } from "../../../lib/verification/accept/erasure.ts";
import { MissingAnswer, ReconciledAnswer, RecordAnswer } from "../../../lib/operator/answers.ts";
import { decideReview, requestRefresh } from "../../../lib/operator/review.ts";
import { reconcile } from "../../../lib/operator/reconcile.ts";
import { acceptRestart } from "../../../lib/verification/accept/restart.ts";
import { acceptStart } from "../../../lib/verification/accept/start.ts";
import { startMissing } from "../../../lib/operator/start_missing.ts";
import { CHECK, ERASE, PUBLISH, START } from "../../../lib/verification/job_kinds.ts";
import { findRecord } from "../../../lib/verification/list.ts";
import { waitAtMost } from "../../../lib/deadline.ts";
import { changes, refused } from "./_endpoint.ts";
import { showRecord } from "./_show.ts";

/** A person waits at the terminal: what is not done by then goes on after the answer. */
const ATTEMPT_MS = 4_000;

const Nothing = z.object({});
const IdentityId = z.guid().toLowerCase();

/** A review's settlement. The reason is a code: a sentence could hold what must not be kept. */
const Decision = z.object({
  status: z.enum(["verified", "rejected"]),
  reason: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
});

/** One page of identities to look through for those who have no verification. */
const StartMissing = z.object({
  "dry_run": z.boolean().default(true),
  "page_token": z.optional(z.string().min(1).max(1024)),
  "page_size": z.int().min(1).max(250).default(100),
});

/** One page of polls to bring forward. */
const Reconcile = z.object({
  limit: z.int().min(1).max(200).default(100),
  cursor: z.optional(z.object({ "due_at": z.number(), id: z.string().max(64) })),
});

/** `POST /operator/verifications/{id}/start`: for an identity that has none. */
export const operatorStart = changes({
  summary: "Starts the verification of an identity that has none",
  body: Nothing,
  answer: RecordAnswer,
  refusals: ["not_recorded", "already_there"],
}, async (_body, context, { operator, params }) => {
  const { store, jobs, kratos, now, telemetry } = context;
  const trace = telemetry.currentTrace();
  const id = IdentityId.safeParse(params[0]);
  const metadata = id.success ? await kratos.getJumioMetadata(id.data) : undefined;
  if (!id.success || metadata === undefined) return refused("not_recorded");
  const identityId = id.data;
  // Ory names an account that we have lost: a callback or an erasure is for that, not another one.
  if ((metadata?.["account_id"] ?? null) !== null) return refused("already_there");
  if (!await acceptStart(store, { identityId, now: now(), operator, trace })) {
    return refused("already_there");
  }
  await waitAtMost(ATTEMPT_MS, jobs.attempt(START, identityId));
  return await answerWithRecord(identityId, context);
});

/** `POST /operator/verifications/{id}/refresh`: reads the execution back from Jumio now. */
export const operatorRefresh = changes({
  summary: "Reads the newest execution back from Jumio now",
  body: Nothing,
  answer: RecordAnswer,
  refusals: ["not_recorded", "wrong_state"],
}, async (_body, context, { operator, params }) => {
  const { store, jobs, now, telemetry } = context;
  const trace = telemetry.currentTrace();
  const record = await findRecord(store, params[0] ?? "");
  if (record === undefined) return refused("not_recorded");
  const { identityId } = record;
  const executionId = await requestRefresh(store, { identityId, operator, now: now(), trace });
  if (executionId === undefined) return refused("wrong_state");
  await waitAtMost(ATTEMPT_MS, jobs.attempt(CHECK, executionId));
  return await answerWithRecord(identityId, context);
});

/** `POST /operator/verifications/{id}/restart`: a new execution on the same account. */
export const operatorRestart = changes({
  summary: "Starts a new execution on the same account, after rejected or review too",
  body: Nothing,
  answer: RecordAnswer,
  refusals: ["not_recorded", "wrong_state"],
}, async (_body, context, { operator, params }) => {
  const { store, jobs, now, telemetry } = context;
  const trace = telemetry.currentTrace();
  const record = await findRecord(store, params[0] ?? "");
  if (record === undefined) return refused("not_recorded");
  const { identityId } = record;
  const outcome = await acceptRestart(store, { identityId, now: now(), operator, trace });
  if (outcome === "not_needed") return refused("wrong_state");
  await waitAtMost(ATTEMPT_MS, jobs.attempt(START, identityId));
  return await answerWithRecord(identityId, context);
});

/** `POST /operator/verifications/{id}/decide`: settles a review as a person has decided it. */
export const operatorDecide = changes({
  summary: "Settles a review; the verdict stays WARNING",
  body: Decision,
  answer: RecordAnswer,
  refusals: ["not_recorded", "wrong_state"],
}, async (body, context, { operator, params }) => {
  const { store, jobs, now, telemetry } = context;
  const trace = telemetry.currentTrace();
  const record = await findRecord(store, params[0] ?? "");
  if (record === undefined) return refused("not_recorded");
  const { identityId } = record;
  const isDecided = await decideReview(store, { identityId, ...body, operator, now: now(), trace });
  if (!isDecided) return refused("wrong_state");
  await waitAtMost(ATTEMPT_MS, jobs.attempt(PUBLISH, identityId));
  return await answerWithRecord(identityId, context);
});

/**
 * `POST /operator/verifications/{id}/erase`: forgets an identity, at Jumio and here. An id that we
 * have no record of is taken as an identity's: its account may still be named in Ory alone.
 */
export const operatorErase = changes({
  summary: "Forgets an identity, at Jumio and here; its status stays on it",
  body: Nothing,
  answer: RecordAnswer,
  refusals: ["not_recorded"],
}, async (_body, context, { operator, params }) => {
  const { store, jobs, kratos, now, telemetry } = context;
  const trace = telemetry.currentTrace();
  const id = IdentityId.safeParse(params[0]);
  if (!id.success) return refused("not_recorded");
  const record = await findRecord(store, id.data);
  // Whoever mistypes an id must not be told that somebody is erased.
  const isKnown = record !== undefined || await kratos.getJumioMetadata(id.data) !== undefined;
  if (!isKnown) return refused("not_recorded");
  const identityId = record?.identityId ?? id.data;
  await acceptErasure(store, { identityId, operator, now: now(), trace });
  await waitAtMost(ATTEMPT_MS, jobs.attempt(ERASE, identityId));
  return await answerWithRecord(identityId, context);
});

/** `POST /operator/start-missing`: a page of identities, and starts for those without any. */
export const operatorStartMissing = changes({
  summary: "Looks through a page of identities for those without a verification",
  body: StartMissing,
  answer: MissingAnswer,
  refusals: [],
}, async (body, { store, listIdentities, now, telemetry }, { operator }) => {
  const { lookedAt, identityIds, started, nextPageToken } = await startMissing(store, {
    listIdentities,
    pageToken: body["page_token"],
    pageSize: body["page_size"],
    isDryRun: body["dry_run"],
    operator,
    now: now(),
    trace: telemetry.currentTrace(),
  });
  return ({
    "dry_run": body["dry_run"],
    "looked_at": lookedAt,
    "missing": [...identityIds],
    started,
    "next_page_token": nextPageToken ?? null,
  });
});

/** `POST /operator/reconcile`: polls now what would be polled later. */
export const operatorReconcile = changes({
  summary: "Brings a page of polls forward",
  body: Reconcile,
  answer: ReconciledAnswer,
  refusals: [],
}, async ({ limit, cursor }, { config, store, now, telemetry }, { operator }) => {
  const { lookedAt, broughtForward, next } = await reconcile(store, {
    after: cursor && { dueAt: cursor["due_at"], id: cursor.id },
    limit,
    afterMs: config.reconcileAfterMs,
    operator,
    now: now(),
    trace: telemetry.currentTrace(),
  });
  return ({
    "looked_at": lookedAt,
    "brought_forward": broughtForward,
    "next_cursor": next === undefined ? null : { "due_at": next.dueAt, id: next.id },
  });
});

async function answerWithRecord(
  identityId: string,
  { store }: Context,
): Promise<z.output<typeof RecordAnswer> | ReturnType<typeof refused>> {
  const record = await findRecord(store, identityId);
  return record === undefined ? refused("not_recorded") : showRecord(record);
}
