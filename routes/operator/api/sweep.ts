// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { signedFields } from "../../../lib/history/operator_action.ts";
import { defineRoute } from "../../../lib/http/route.ts";
import { RequestedSweepAnswer, SweepAnswer } from "../../../lib/operator/answers.ts";
import { acceptSweep } from "../../../lib/verification/accept/sweep.ts";
import { readSweep } from "../../../lib/verification/sweep.ts";
import { answersOf, answerWith, NAMED_OPERATOR, OPERATOR_SECRET } from "./_operator.ts";
import { showSweep } from "./_show.ts";

const RequestedSweep = z.object({
  "dry_run": z.boolean().default(false),
  "confirmed": z.boolean().default(false)
    .describe("Repairs any number of identities, also after a sweep that stopped"),
});

export const operatorShowSweep = defineRoute({
  method: "GET",
  path: "/operator/sweep",
  summary: "The sweep of all identities: how far it is, and how the last one ended",
  authentication: OPERATOR_SECRET,
  answers: answersOf(SweepAnswer),
  async handle(_call, { store, now }: Context) {
    return answerWith(SweepAnswer, showSweep(await readSweep(store, { now: now() })));
  },
});

/** Begins a sweep now. */
export const operatorSweep = defineRoute({
  method: "POST",
  path: "/operator/sweep",
  summary: "Compares all identities in Ory with our records now, and repairs differences",
  authentication: NAMED_OPERATOR,
  body: RequestedSweep,
  answers: answersOf(RequestedSweepAnswer),
  async handle({ body, caller: operator }, { store, now, log, telemetry }: Context) {
    const outcome = await acceptSweep(store, {
      isDryRun: body["dry_run"],
      isConfirmed: body["confirmed"],
      operator,
      now: now(),
      trace: telemetry.currentTrace(),
    });
    log.info("An operator asked for a sweep", { outcome, ...signedFields(operator) });
    const sweep = showSweep(await readSweep(store, { now: now() }));
    return { ...answerWith(RequestedSweepAnswer, { outcome, sweep }), outcome };
  },
});
