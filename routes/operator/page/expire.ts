// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { signedFields } from "../../../lib/history/operator_action.ts";
import { answerWithPage } from "../../../lib/http/openapi.ts";
import { defineRoute } from "../../../lib/http/route.ts";
import { expireVerification } from "../../../lib/operator/expire.ts";
import { ReasonCode } from "../../../lib/operator/review.ts";
import type { ExpireOutcome } from "./_expire.ts";
import { answerFailureWith, answerWrongForm, PAGE_FAILURES } from "./_failure.ts";
import { redirect } from "./_redirect.ts";
import { SESSION, SESSION_ENDED } from "./_session.ts";

const Expire = z.object({ id: z.guid().toLowerCase(), reason: ReasonCode });

/** The button that ends the verification of an identity. */
export const operatorExpireButton = defineRoute({
  method: "POST",
  path: "/operator/expire",
  summary: "Ends a verification or a review at once",
  authentication: SESSION,
  form: Expire,
  answers: [
    { status: 303, description: "Back to the identity" },
    answerWithPage(400, "A field is missing or has a wrong value, and nothing has ended"),
    ...PAGE_FAILURES,
  ],
  answerFailure: answerFailureWith("Perhaps nothing has ended"),
  answerRefusal: ({ refusal }) => refusal === "form_fields" ? answerWrongForm() : undefined,
  async handle(
    { body: { id: identityId, reason }, caller: operator },
    { store, log, now, telemetry }: Context,
  ) {
    if (operator === undefined) return { response: redirect(SESSION_ENDED) };
    const trace = telemetry.currentTrace();
    const request = { identityId, reason, operator, now: now(), trace };
    const outcome: ExpireOutcome = await expireVerification(store, request)
      ? "expired"
      : "wrong_state";
    log.info("An operator ended a verification", {
      outcome,
      identityId,
      ...signedFields(operator),
    });
    return { response: redirect(`./?id=${identityId}&expired=${outcome}`), outcome };
  },
});
