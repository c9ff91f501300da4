// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { waitAtMost } from "../../../lib/deadline.ts";
import { defineRoute, type Refused, refused, type RouteAnswer } from "../../../lib/http/route.ts";
import { RecordAnswer, RestartedAnswer } from "../../../lib/operator/answers.ts";
import { expireVerification } from "../../../lib/operator/expire.ts";
import { decideReview, ReasonCode, requestRefresh } from "../../../lib/operator/review.ts";
import { acceptErasure, readOpenErasure } from "../../../lib/verification/accept/erasure.ts";
import { acceptRestart } from "../../../lib/verification/accept/restart.ts";
import { acceptStart } from "../../../lib/verification/accept/start.ts";
import { CHECK, ERASE, PUBLISH, START } from "../../../lib/verification/job_kinds.ts";
import { RecordId } from "../../../lib/operator/values.ts";
import { findRecord } from "../../../lib/verification/list.ts";
import {
  answersOf,
  answerWith,
  ATTEMPT_MS,
  IDENTITY_OR_EXECUTION,
  NAMED_OPERATOR,
} from "./_operator.ts";
import { showRecord } from "./_show.ts";

const Decision = z.object({ status: z.enum(["verified", "rejected"]), reason: ReasonCode });

const Expire = z.object({ reason: ReasonCode });

/** A restart ends a rejection, so it must be asked for twice. */
const Restart = z.object({ confirm: z.literal(true) });

/** What the routes of this file share. */
const CHANGE = {
  method: "POST",
  authentication: NAMED_OPERATOR,
  parameters: { id: IDENTITY_OR_EXECUTION },
  answers: answersOf(RecordAnswer),
} as const;

/** For an identity without a verification, such as one that registered while this service was down. */
export const operatorStart = defineRoute({
  ...CHANGE,
  path: "/operator/verifications/{id}/start",
  summary: "Starts the verification of an identity that has none",
  body: z.object({}),
  refusals: ["not_recorded", "already_exists", "being_erased"],
  async handle({ params, caller: operator }, context: Context) {
    const { store, jobs, kratos, now, telemetry } = context;
    const trace = telemetry.currentTrace();
    const id = RecordId.safeParse(params.id);
    const metadata = id.success ? await kratos.getJumioMetadata(id.data) : undefined;
    if (!id.success || metadata === undefined) return refused("not_recorded");
    const identityId = id.data;
    // Ory has an account that our rows lost. A callback or an erasure must find that account, so the
    // identity must not get a second one.
    if ((metadata?.["account_id"] ?? null) !== null) return refused("already_exists");
    if (!await acceptStart(store, { identityId, now: now(), operator, trace })) {
      const { isOpen } = await readOpenErasure(store, identityId);
      return refused(isOpen ? "being_erased" : "already_exists");
    }
    await waitAtMost(ATTEMPT_MS, jobs.attempt(START, identityId));
    return await answerWithRecord(identityId, context);
  },
});

export const operatorRefresh = defineRoute({
  ...CHANGE,
  path: "/operator/verifications/{id}/refresh",
  summary: "Checks the newest execution at Jumio now",
  body: z.object({}),
  refusals: ["not_recorded", "wrong_state"],
  async handle({ params, caller: operator }, context: Context) {
    const { store, jobs, now, telemetry } = context;
    const trace = telemetry.currentTrace();
    const record = await findRecord(store, params.id);
    if (record === undefined) return refused("not_recorded");
    const { identityId } = record;
    const executionId = await requestRefresh(store, { identityId, operator, now: now(), trace });
    if (executionId === undefined) return refused("wrong_state");
    await waitAtMost(ATTEMPT_MS, jobs.attempt(CHECK, executionId));
    return await answerWithRecord(identityId, context);
  },
});

export const operatorRestart = defineRoute({
  ...CHANGE,
  path: "/operator/verifications/{id}/restart",
  summary: "Starts a new execution on the same account, also after rejected or review",
  body: Restart,
  answers: answersOf(RestartedAnswer),
  refusals: ["not_recorded", "still_open", "too_many_executions"],
  async handle({ params, caller: operator }, context: Context) {
    const { config, store, jobs, now, telemetry } = context;
    const trace = telemetry.currentTrace();
    const record = await findRecord(store, params.id);
    if (record === undefined) return refused("not_recorded");
    const { identityId } = record;
    const { maxExecutions } = config.jumio;
    const request = { identityId, maxExecutions, now: now(), operator, trace };
    const outcome = await acceptRestart(store, request);
    if (outcome === "not_needed") return refused("still_open");
    if (outcome === "limit_reached") return refused("too_many_executions");
    await waitAtMost(ATTEMPT_MS, jobs.attempt(START, identityId));
    const restarted = await findRecord(store, identityId);
    if (restarted === undefined) return refused("not_recorded");
    return answerWith(RestartedAnswer, {
      ...showRecord(restarted),
      "pending_can_sign_in": !config.policy.loginBlockedStatuses.has("pending"),
    });
  },
});

export const operatorDecide = defineRoute({
  ...CHANGE,
  path: "/operator/verifications/{id}/decide",
  summary: "Decides a review; the verdict stays WARNING",
  body: Decision,
  refusals: ["not_recorded", "no_review"],
  async handle({ params, body, caller: operator }, context: Context) {
    const { config, store, jobs, now, telemetry } = context;
    const trace = telemetry.currentTrace();
    const record = await findRecord(store, params.id);
    if (record === undefined) return refused("not_recorded");
    const { identityId } = record;
    const isDecided = await decideReview(store, {
      identityId,
      ...body,
      validityMs: config.sweep.validityMs,
      operator,
      now: now(),
      trace,
    });
    if (!isDecided) return refused("no_review");
    await waitAtMost(ATTEMPT_MS, jobs.attempt(PUBLISH, identityId));
    return await answerWithRecord(identityId, context);
  },
});

export const operatorExpire = defineRoute({
  ...CHANGE,
  path: "/operator/verifications/{id}/expire",
  summary: "Ends a verification or a review at once; the person has to verify again",
  body: Expire,
  refusals: ["not_recorded", "wrong_state"],
  async handle({ params, body: { reason }, caller: operator }, context: Context) {
    const { store, jobs, now, telemetry } = context;
    const trace = telemetry.currentTrace();
    const record = await findRecord(store, params.id);
    if (record === undefined) return refused("not_recorded");
    const { identityId } = record;
    const request = { identityId, reason, operator, now: now(), trace };
    if (!await expireVerification(store, request)) return refused("wrong_state");
    await waitAtMost(ATTEMPT_MS, jobs.attempt(PUBLISH, identityId));
    return await answerWithRecord(identityId, context);
  },
});

/**
 * Erases an identity at Jumio and here. Without a record, the id counts as that of an identity: Ory
 * may be the only one that still has its Jumio account.
 */
export const operatorErase = defineRoute({
  ...CHANGE,
  path: "/operator/verifications/{id}/erase",
  summary: "Erases an identity at Jumio and here; Ory keeps its status",
  body: z.object({}),
  refusals: ["not_recorded"],
  async handle({ params, caller: operator }, context: Context) {
    const { store, jobs, kratos, now, telemetry } = context;
    const trace = telemetry.currentTrace();
    const id = RecordId.safeParse(params.id);
    if (!id.success) return refused("not_recorded");
    const record = await findRecord(store, id.data);
    // After a typing error the answer must not say that somebody was erased.
    const isKnown = record !== undefined || await kratos.getJumioMetadata(id.data) !== undefined;
    if (!isKnown) return refused("not_recorded");
    const identityId = record?.identityId ?? id.data;
    await acceptErasure(store, { identityId, operator, now: now(), trace });
    await waitAtMost(ATTEMPT_MS, jobs.attempt(ERASE, identityId));
    return await answerWithRecord(identityId, context);
  },
});

async function answerWithRecord(
  identityId: string,
  { store }: Context,
): Promise<RouteAnswer | Refused> {
  const record = await findRecord(store, identityId);
  return record === undefined
    ? refused("not_recorded")
    : answerWith(RecordAnswer, showRecord(record));
}
