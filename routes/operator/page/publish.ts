import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { signedFields } from "../../../lib/history/operator_action.ts";
import { html } from "../../../lib/http/html.ts";
import { answerWithPage } from "../../../lib/http/openapi.ts";
import { answerPage } from "../../../lib/http/page.ts";
import { defineRoute } from "../../../lib/http/route.ts";
import { publishAgain } from "../../../lib/operator/publish_again.ts";
import { redirect } from "./_redirect.ts";
import { SESSION } from "./_session.ts";
import { STYLE } from "./_style.ts";

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
    answerWithPage(500, "A bug; the log has details"),
    answerWithPage(503, "Ory or KV does not answer, and nothing was changed"),
  ],
  answerFailure: answerFailurePage,
  async handle({ body: { id }, caller: operator }, context: Context) {
    if (operator === undefined) return { response: redirect("/operator/") };
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
    return { response: redirect(`/operator/?id=${id}&published=${outcome}`), outcome };
  },
});

async function answerFailurePage({ status }: { status: 500 | 503 }): Promise<Response> {
  const text = status === 503
    ? "Ory or KV does not answer."
    : "This is a bug. The log has details.";
  const body = html`
    <main>
      <section class="state bad"><strong>Nothing was published</strong>
    <p>${text} <a href="/operator/">Back</a></p></section>
    </main>
  `;
  return await answerPage({
    title: "Not published: Ory and Jumio bridge",
    status,
    style: STYLE,
    body,
  });
}
