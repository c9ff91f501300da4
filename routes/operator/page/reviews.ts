// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { html } from "../../../lib/http/html.ts";
import { answerWithPage } from "../../../lib/http/openapi.ts";
import { answerPage } from "../../../lib/http/page.ts";
import { defineRoute } from "../../../lib/http/route.ts";
import { parseListCursor } from "../../../lib/verification/list.ts";
import { renderHeader } from "./_dashboard.ts";
import { answerFailureWith, PAGE_FAILURES } from "./_failure.ts";
import { NOTICE_QUERY, renderNotice } from "./_notice.ts";
import { QueueFilter, QueuePlace, readQueue } from "./_queue.ts";
import { renderQueue } from "./_reviews.ts";
import { SESSION } from "./_session.ts";
import { answerSignInPage } from "./_sign_in.ts";
import { STYLE } from "./_style.ts";

/** Few enough to be read on one page. */
const PAGE_SIZE = 20;

const QueueQuery = z.object({
  ...QueueFilter.shape,
  after: z.optional(QueuePlace).describe("The place after which the page begins"),
  ...NOTICE_QUERY,
});

/** The reviews that wait for a decision, or the verifications of another status. */
export const operatorReviews = defineRoute({
  method: "GET",
  path: "/operator/reviews",
  summary: "The review queue, the oldest first, or the form to sign in",
  authentication: SESSION,
  query: QueueQuery,
  answers: [answerWithPage(200, "A page of the queue"), ...PAGE_FAILURES],
  answerFailure: answerFailureWith("The queue cannot be shown"),
  async handle({ caller: operator, query: { status, age, after, ...notices } }, context: Context) {
    if (operator === undefined) return { response: await answerSignInPage() };
    const filter = { status, age };
    const page = await readQueue(context, {
      filter,
      after: after === undefined ? undefined : parseListCursor(after),
      limit: PAGE_SIZE,
    });
    const queue = renderQueue(page, {
      filter,
      isFirst: after === undefined,
      notice: renderNotice(notices),
      now: context.now(),
    });
    const response = await answerPage({
      title: "Reviews: Ory and Jumio bridge",
      style: STYLE,
      body: html`${renderHeader(operator)}${queue}`,
    });
    return { response };
  },
});
