// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { defineRoute } from "../../../lib/http/route.ts";
import { ReconciledAnswer } from "../../../lib/operator/answers.ts";
import { bringPollsForward } from "../../../lib/operator/bring_polls_forward.ts";
import { answersOf, answerWith, NAMED_OPERATOR } from "./_operator.ts";

const Reconcile = z.object({
  limit: z.int().min(1).max(200).default(100),
  cursor: z.optional(z.object({ "due_at": z.number(), id: z.string().max(64) })),
});

/** Polls open executions now instead of later. */
export const operatorReconcile = defineRoute({
  method: "POST",
  path: "/operator/reconcile",
  summary: "Brings a page of polls forward",
  authentication: NAMED_OPERATOR,
  body: Reconcile,
  answers: answersOf(ReconciledAnswer),
  async handle({ body, caller: operator }, { config, store, now, telemetry }: Context) {
    const { limit, cursor } = body;
    const { lookedAt, broughtForward, next } = await bringPollsForward(store, {
      after: cursor && { dueAt: cursor["due_at"], id: cursor.id },
      limit,
      afterMs: config.address.reconcileAfterMs,
      operator,
      now: now(),
      trace: telemetry.currentTrace(),
    });
    return answerWith(ReconciledAnswer, {
      "looked_at": lookedAt,
      "brought_forward": broughtForward,
      "next_cursor": next === undefined ? null : { "due_at": next.dueAt, id: next.id },
    });
  },
});
