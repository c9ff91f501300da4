// SPDX-License-Identifier: Apache-2.0
import type { FailurePage } from "../../../lib/http/failure.ts";
import { type Html, html } from "../../../lib/http/html.ts";
import { answerWithPage } from "../../../lib/http/openapi.ts";
import { answerPage } from "../../../lib/http/page.ts";
import { describeCause, findCure } from "../../../lib/operator/cures.ts";
import { STYLE } from "./_style.ts";

/** Why a page shows a failure. */
type FailureOnPage = Pick<Parameters<FailurePage<unknown>>[0], "status" | "upstream">;

/** The answers of {@linkcode answerFailureWith}. */
export const PAGE_FAILURES = [
  answerWithPage(500, "A bug; the log has details"),
  answerWithPage(503, "Ory or KV does not answer"),
];

/** Answers with a page when Ory, KV or this service fails. The title says what was not done. */
export function answerFailureWith(
  title: string,
): (failure: FailureOnPage) => Promise<Response> {
  return (failure) => {
    const { status } = failure;
    return answerProblem({ status, title, text: html`${describeFailure(failure)}` });
  };
}

function describeFailure({ status, upstream }: FailureOnPage): string {
  if (upstream !== undefined) {
    const { meaning, nextStep } = findCure(upstream);
    return `${describeCause(upstream)}: ${meaning}. ${nextStep}.`;
  }
  return status === 503
    ? "It took too long. Try again in a minute."
    : "This is a bug. The log has details.";
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
    <p>${text} <a href="./">Overview</a></p></section>
    </main>
  `;
  return await answerPage({ title: `${title}: Ory and Jumio bridge`, status, style: STYLE, body });
}
