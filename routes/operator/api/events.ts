// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { signedFields } from "../../../lib/history/operator_action.ts";
import { defineRoute } from "../../../lib/http/route.ts";
import { ReplayedEventsAnswer, ResumedEventsAnswer } from "../../../lib/operator/answers.ts";
import { replayEvents, resumeEvents } from "../../../lib/operator/events.ts";
import { answersOf, answerWith, NAMED_OPERATOR } from "./_operator.ts";

/** How many dead letters one call looks at. */
const PAGE_SIZE = 100;

const ReplayEvents = z.object({
  since: z.iso.datetime().describe("When the event happened, not when it was given up"),
  cursor: z.optional(z.string().max(64)).describe("`next_cursor` of the page before"),
});

/** Delivers events again after the application answered 410. */
export const operatorResumeEvents = defineRoute({
  method: "POST",
  path: "/operator/events/resume",
  summary: "Delivers events again, after the application's 410 paused them",
  authentication: NAMED_OPERATOR,
  body: z.object({}),
  answers: answersOf(ResumedEventsAnswer),
  async handle({ caller: operator }, { store, jobs, log }: Context) {
    const outcome = await resumeEvents(store) ? "resumed" : "not_paused";
    log.info("An operator resumed the delivery of events", { outcome, ...signedFields(operator) });
    jobs.wake();
    return { ...answerWith(ResumedEventsAnswer, { outcome }), outcome };
  },
});

/** Delivers events again that were given up. */
export const operatorReplayEvents = defineRoute({
  method: "POST",
  path: "/operator/events/replay",
  summary: "Delivers a page of the events again that were given up",
  authentication: NAMED_OPERATOR,
  body: ReplayEvents,
  answers: answersOf(ReplayedEventsAnswer),
  async handle({ body, caller: operator }, { store, now, telemetry }: Context) {
    const { lookedAt, replayed, next } = await replayEvents(store, {
      since: Date.parse(body.since),
      after: body.cursor,
      limit: PAGE_SIZE,
      operator,
      now: now(),
      trace: telemetry.currentTrace(),
    });
    return answerWith(ReplayedEventsAnswer, {
      "looked_at": lookedAt,
      replayed,
      "next_cursor": next ?? null,
    });
  },
});
