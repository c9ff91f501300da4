import { type Html, html } from "../../../lib/http/html.ts";
import { answerWithPage } from "../../../lib/http/openapi.ts";
import { answerPage } from "../../../lib/http/page.ts";
import { STYLE } from "./_style.ts";

/** The answers of {@linkcode answerFailureWith}. */
export const PAGE_FAILURES = [
  answerWithPage(500, "A bug; the log has details"),
  answerWithPage(503, "Ory or KV does not answer"),
];

/** Answers with a page when Ory, KV or this service fails. The title says what was not done. */
export function answerFailureWith(
  title: string,
): (failure: { status: 500 | 503 }) => Promise<Response> {
  return ({ status }) => {
    const text = status === 503
      ? html`Ory or KV does not answer. Try again in a minute.`
      : html`This is a bug. The log has details.`;
    return answerProblem({ status, title, text });
  };
}

/** Answers with a page when a field of a form is missing or wrong. Nothing was done. */
export async function answerWrongForm(): Promise<Response> {
  const text =
    html`A field is missing or has a wrong value. A reason is one code of letters, digits,
. _ -, without a blank. Go back in your browser and correct it.`;
  return await answerProblem({ status: 400, title: "Nothing was changed", text });
}

async function answerProblem(
  { status, title, text }: { status: number; title: string; text: Html },
): Promise<Response> {
  const body = html`
    <main>
      <section class="state bad" role="alert"><strong>${title}</strong>
    <p>${text} <a href="/operator/">Overview</a></p></section>
    </main>
  `;
  return await answerPage({ title: `${title}: Ory and Jumio bridge`, status, style: STYLE, body });
}
