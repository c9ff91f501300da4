// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { readForm } from "../../../lib/http/form.ts";
import { type Html, html } from "../../../lib/http/html.ts";
import { answerPage } from "../../../lib/http/page.ts";
import { type Outcome, OUTCOMES, type SimulatedExecution } from "./_execution.ts";
import { finishExecution } from "./_finish.ts";
import type { JumioState } from "./_state.ts";

/** What the visitor may choose on the hosted page. */
const CHOICES: readonly [outcome: Outcome, label: string, explanation: string][] = [
  ["passed", "Passed", "Everything is fine"],
  ["warning", "Warning", "Something is doubtful"],
  ["rejected", "Rejected", "The document is forged"],
  ["inconclusive", "Inconclusive", "A technical error stopped the check"],
  ["abandoned", "Left unfinished", "The person closes the tab"],
  ["link_expired", "Link expired", "The person did not come in time"],
];
const STYLE = `
:root {
  color-scheme: light dark;
  --accent: light-dark(#11683e, #79d7a5);
  font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif;
  color: light-dark(#1b1e2b, #e9eaf2);
  background: light-dark(#f2f7f4, #10151a);
}
main { max-width: 30rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; color: var(--accent) }
form { display: grid; gap: .6rem }
button {
  display: grid; padding: .6rem 1rem; border: 1px solid light-dark(#9fb3a8, #4a5b55);
  border-radius: .6rem; font: inherit; text-align: start; cursor: pointer;
  color: inherit; background: light-dark(#fff, #1a2126);
}
button:hover { border-color: var(--accent) }
button span { font-size: .875rem; color: light-dark(#505a68, #a9b4bd) }
a { color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`;

/** Serves the page that replaces Jumio's hosted one: instead of a camera, a choice of the outcome. */
export async function serveHostedPage(request: Request, state: JumioState): Promise<Response> {
  const { executions, options: { now, homeUrl } } = state;
  const url = new URL(request.url);
  const token = url.searchParams.get("authorizationToken");
  const execution = executions.findLast(({ linkToken }) => linkToken === token);
  const isOpen = execution !== undefined && execution.completedAt === undefined &&
    execution.linkExpiresAt > now();
  if (!isOpen) {
    const text = execution?.status === "PROCESSED"
      ? "You have finished here already."
      : "This link has expired (error 9200)";
    return await renderEndPage(410, text, homeUrl);
  }
  if (request.method === "GET") {
    execution.startedAt ??= now();
    if (execution.status === "INITIATED") execution.status = "ACQUISITION_STARTED";
    return await renderOutcomePage(url.pathname + url.search, execution);
  }
  const form = await readForm(request, { schema: z.object({ outcome: z.enum(OUTCOMES) }) });
  if (!form.ok) return await renderEndPage(400, "Unknown outcome");
  const { outcome } = form.value;
  await finishExecution(state, { execution, outcome });
  const target = toReturnUrl(execution, outcome);
  return target === undefined
    ? await renderEndPage(200, "You are done here. You can close this page.", homeUrl)
    : new Response(null, { status: 303, headers: { location: target } });
}

/** The address to which Jumio sends the person, with Jumio's parameters. Undefined if none is set. */
function toReturnUrl(
  { id, accountId, customerInternalReference, errorUrl, successUrl }: SimulatedExecution,
  outcome: Outcome,
): string | undefined {
  const isError = outcome === "abandoned" || outcome === "link_expired";
  const next = isError ? errorUrl : successUrl;
  if (next === undefined) return undefined;
  const target = new URL(next);
  target.searchParams.set("accountId", accountId);
  target.searchParams.set("workflowExecutionId", id);
  target.searchParams.set("acquisitionStatus", isError ? "ERROR" : "SUCCESS");
  target.searchParams.set("customerInternalReference", customerInternalReference);
  if (isError) target.searchParams.set("errorCode", outcome === "abandoned" ? "9210" : "9200");
  return target.href;
}

async function renderOutcomePage(action: string, execution: SimulatedExecution): Promise<Response> {
  const buttons = CHOICES.map(([outcome, label, explanation]) =>
    html`<button name="outcome" value="${outcome}"><b>${label}</b><span>${explanation}</span></button>`
  );
  const body =
    html`<p>At the real Jumio a person would show a document and their face here. Choose a result.</p>
<form method="post" action="${action}">${buttons}</form>`;
  return await renderPage(200, { body, returnUrls: [execution.successUrl, execution.errorUrl] });
}

/** Jumio's own last page, for executions that name no return address. */
async function renderEndPage(status: number, text: string, homeUrl?: string): Promise<Response> {
  const link = homeUrl !== undefined && html`<p><a href="${homeUrl}">Back to the sandbox</a></p>`;
  return await renderPage(status, { body: html`<p>${text}</p>${link}` });
}

async function renderPage(
  status: number,
  { body, returnUrls = [] }: { body: Html; returnUrls?: readonly (string | undefined)[] },
): Promise<Response> {
  const returnOrigins = returnUrls.flatMap((url) => url === undefined ? [] : [new URL(url).origin]);
  return await answerPage({
    title: "Simulated Jumio",
    status,
    style: STYLE,
    // Without it a browser asks the server for an icon.
    head: html`<link rel="icon" href="data:,">`,
    // The answer to the form redirects to a return address, which the policy must allow.
    sources: { image: ["data:"], form: ["'self'", ...new Set(returnOrigins)] },
    body: html`<main><h1>Simulated Jumio</h1>${body}</main>`,
  });
}
