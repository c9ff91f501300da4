// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { signedFields } from "../../../lib/history/operator_action.ts";
import { defineRoute } from "../../../lib/http/route.ts";
import { publishAgain } from "../../../lib/operator/publish_again.ts";
import { answerFailureWith, PAGE_FAILURES } from "./_failure.ts";
import { redirect } from "./_redirect.ts";
import { SESSION, SESSION_ENDED } from "./_session.ts";

/** The person waits for the page. The job continues after the answer. */
const ATTEMPT_MS = 4_000;

const Publish = z.object({ id: z.guid().toLowerCase() });

/** The button that publishes the record of an identity again. */
export const operatorPublishButton = defineRoute({
  method: "POST",
  path: "/operator/publish",
  summary: "Publishes the record of an identity again where Ory differs",
  authentication: SESSION,
  form: Publish,
  answers: [
    { status: 303, description: "Back to the identity" },
    ...PAGE_FAILURES,
  ],
  answerFailure: answerFailureWith("Nothing was published"),
  async handle({ body: { id }, caller: operator }, context: Context) {
    if (operator === undefined) return { response: redirect(SESSION_ENDED) };
    const published = await publishAgain(id, {
      ...context,
      operator,
      isForced: false,
      attemptMs: ATTEMPT_MS,
      trace: context.telemetry.currentTrace(),
    });
    const outcome = published?.outcome ?? "unknown_identity";
    context.log.info("An operator published an identity again", {
      outcome,
      identityId: id,
      ...signedFields(operator),
    });
    return { response: redirect(`./?id=${id}&published=${outcome}`), outcome };
  },
});
