// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { signedFields } from "../../../lib/history/operator_action.ts";
import { answerWithPage } from "../../../lib/http/openapi.ts";
import { defineRoute } from "../../../lib/http/route.ts";
import { decideReview, ReasonCode } from "../../../lib/operator/review.ts";
import { answerFailureWith, answerWrongForm, PAGE_FAILURES } from "./_failure.ts";
import type { DecideOutcome } from "./_notice.ts";
import { findNext, identityAddress, queueAddress, QueueFilter } from "./_queue.ts";
import { redirect } from "./_redirect.ts";
import { SESSION, SESSION_ENDED } from "./_session.ts";

const Decide = z.object({
  ...QueueFilter.shape,
  id: z.guid().toLowerCase(),
  "changed_at": z.coerce.number().int().min(0),
  execution: z.string().max(64),
  decision: z.enum(["verified", "rejected"]),
  reason: ReasonCode,
  then: z.enum(["next", "stay"]).default("next"),
});

/** The form that decides a review. The next one in the queue follows. */
export const operatorDecideButton = defineRoute({
  method: "POST",
  path: "/operator/decide",
  summary: "Decides a review that the operator saw, and leads to the next one",
  authentication: SESSION,
  form: Decide,
  answers: [
    { status: 303, description: "To the next review, or back to the identity" },
    answerWithPage(400, "A field is missing or has a wrong value, and nothing was decided"),
    ...PAGE_FAILURES,
  ],
  answerFailure: answerFailureWith("Perhaps nothing was decided"),
  answerRefusal: ({ refusal }) => refusal === "form_fields" ? answerWrongForm() : undefined,
  async handle({ body, caller: operator }, context: Context) {
    if (operator === undefined) return { response: redirect(SESSION_ENDED) };
    const { id: identityId, "changed_at": changedAt, execution, decision, reason, then } = body;
    const isDecided = await decideReview(context.store, {
      identityId,
      status: decision,
      reason,
      validityMs: context.config.sweep.validityMs,
      seen: { changedAt, workflowExecutionId: execution === "" ? null : execution },
      operator,
      now: context.now(),
      trace: context.telemetry.currentTrace(),
    });
    const outcome: DecideOutcome = isDecided ? decision : "changed";
    context.log.info("An operator decided a review", {
      outcome,
      identityId,
      ...signedFields(operator),
    });
    const notice = { decided: outcome, "decided_id": identityId };
    const filter = { status: body.status, age: body.age };
    if (!isDecided || then === "stay") {
      return { response: redirect(identityAddress(identityId, { filter, notice })), outcome };
    }
    const nextId = await findNext(context, { filter, after: { changedAt, identityId } });
    const location = nextId === undefined
      ? queueAddress(filter, { notice })
      : identityAddress(nextId, { filter, notice });
    return { response: redirect(location), outcome };
  },
});
