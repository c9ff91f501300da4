// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { signedFields } from "../../../lib/history/operator_action.ts";
import { defineRoute, type RouteAnswer } from "../../../lib/http/route.ts";
import { StartsAnswer } from "../../../lib/operator/answers.ts";
import { pauseStarts, resumeStarts } from "../../../lib/operator/pause_starts.ts";
import { readHeldStarts } from "../../../lib/verification/held_starts.ts";
import { answersOf, answerWith, NAMED_OPERATOR } from "./_operator.ts";
import { showHeldStarts } from "./_show.ts";

/** Stops the making of new executions, for all instances. What is accepted waits. */
export const operatorPauseStarts = defineRoute({
  method: "POST",
  path: "/operator/starts/pause",
  summary: "Pauses all starts: no new execution is made at Jumio",
  authentication: NAMED_OPERATOR,
  body: z.object({}),
  answers: answersOf(StartsAnswer),
  async handle({ caller: operator }, context: Context) {
    const { store, now, log } = context;
    const isPaused = await pauseStarts(store, { operator, now: now() });
    if (isPaused) log.warn("An operator paused all starts", signedFields(operator));
    return await answerHeld(isPaused ? "paused" : "not_needed", context);
  },
});

export const operatorResumeStarts = defineRoute({
  method: "POST",
  path: "/operator/starts/resume",
  summary: "Lets starts go on after a pause",
  authentication: NAMED_OPERATOR,
  body: z.object({}),
  answers: answersOf(StartsAnswer),
  async handle({ caller: operator }, context: Context) {
    const { store, now, log } = context;
    const isResumed = await resumeStarts(store, { operator, now: now() });
    if (isResumed) log.warn("An operator resumed all starts", signedFields(operator));
    return await answerHeld(isResumed ? "resumed" : "not_needed", context);
  },
});

async function answerHeld(
  outcome: string,
  { store }: Context,
): Promise<RouteAnswer> {
  const held = await readHeldStarts(store);
  return { ...answerWith(StartsAnswer, showHeldStarts(held)), outcome };
}
