// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { waitAtMost } from "../../../lib/deadline.ts";
import { defineRoute, refused } from "../../../lib/http/route.ts";
import { PublishedAnswer } from "../../../lib/operator/answers.ts";
import { readOryCopy } from "../../../lib/operator/ory_copy.ts";
import { publishAgain } from "../../../lib/operator/publish_again.ts";
import { RecordId } from "../../../lib/operator/values.ts";
import { findRecord } from "../../../lib/verification/list.ts";
import {
  answersOf,
  answerWith,
  ATTEMPT_MS,
  IDENTITY_OR_EXECUTION,
  NAMED_OPERATOR,
} from "./_operator.ts";
import { showOryCopy, showRecord } from "./_show.ts";

/** The publication has taken its time already, and the whole answer has ten seconds. */
const COMPARE_MS = 1_500;

const Publish = z.object({ force: z.boolean().default(false) });

/** Repairs an identity whose metadata was lost or overwritten. */
export const operatorPublish = defineRoute({
  method: "POST",
  path: "/operator/verifications/{id}/publish",
  summary: "Publishes the record of an identity again where Ory differs, and says what was done",
  authentication: NAMED_OPERATOR,
  parameters: { id: IDENTITY_OR_EXECUTION },
  body: Publish,
  answers: answersOf(PublishedAnswer),
  refusals: ["not_recorded"],
  async handle({ params, body, caller: operator }, context: Context) {
    const { store, kratos, telemetry } = context;
    const known = await findRecord(store, params.id);
    // Ory may know an identity whose record was lost.
    const id = RecordId.safeParse(known?.identityId ?? params.id);
    const published = id.success
      ? await publishAgain(id.data, {
        ...context,
        operator,
        isForced: body.force,
        attemptMs: ATTEMPT_MS,
        trace: telemetry.currentTrace(),
      })
      : undefined;
    if (published === undefined) return refused("not_recorded");
    const { record, outcome, differences } = published;
    const copy = await waitAtMost(COMPARE_MS, readOryCopy(record, { kratos }));
    return answerWith(PublishedAnswer, {
      ...showRecord(record),
      "ory": showOryCopy(copy ?? { state: "unreadable", reason: "timeout" }),
      outcome,
      "differed": [...differences],
    });
  },
});
