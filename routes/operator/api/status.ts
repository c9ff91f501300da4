// SPDX-License-Identifier: Apache-2.0
import { defineRoute } from "../../../lib/http/route.ts";
import type { Context } from "../../../lib/context.ts";
import { StatusAnswer } from "../../../lib/operator/answers.ts";
import { readStatus } from "../../../lib/operator/service_status.ts";
import { answersOf, answerWith, OPERATOR_SECRET } from "./_operator.ts";
import { showStatus } from "./_show.ts";

export const operatorStatus = defineRoute({
  method: "GET",
  path: "/operator/status",
  summary: "The queues, the failures of upstreams, and the counts of the last day",
  authentication: OPERATOR_SECRET,
  answers: answersOf(StatusAnswer),
  async handle(_call, { store, now }: Context) {
    const status = await readStatus(store, { now: now() });
    return answerWith(StatusAnswer, showStatus(status));
  },
});
