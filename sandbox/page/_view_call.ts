// SPDX-License-Identifier: Apache-2.0
import type { CallAnswer, MaskedMessage, ObservedCall, Party } from "./observed_call.ts";
import { type Html, html } from "../../lib/http/html.ts";
import { formatClock } from "./clock.ts";
import { describeCall, isMadeByPage, PARTY_LABELS, shortenPath } from "./labels.ts";

/** The position of each party's line, from the left. All who sit at a keyboard share the first. */
const LANES: Readonly<Record<Party, number>> = {
  person: 0,
  operator: 0,
  stranger: 0,
  ory: 1,
  bridge: 2,
  jumio: 3,
  app: 4,
};

/** The names of the lines, at the top of the diagram. */
export function viewLanes(): Html {
  const names = (["person", "ory", "bridge", "jumio", "app"] as const).map((party) =>
    html`<span class="lane-${party}">${PARTY_LABELS[party]}</span>`
  );
  return html`<div class="lane-names" aria-hidden="true">${names}</div>`;
}

/** A call as an arrow between two lines. Opens to show the request and the answer. */
export function viewCall(call: ObservedCall, personName: string | undefined): Html {
  const { id, from, to, method, path, answer, request, startedAt } = call;
  const [caller, receiver] = [PARTY_LABELS[from], PARTY_LABELS[to]];
  const [start, end] = [LANES[from], LANES[to]];
  const span = `span-${Math.min(start, end)}-${Math.max(start, end)}`;
  const label = describeCall(call);
  const name = personName && html`<span>${personName}</span>`;
  const duration = answer && `${answer.durationMs} ms`;
  return html`
    <li id="call-${id}" class="call from-${from} ${isMadeByPage(call) && "minor"}">
      <details id="call-${id}-details">
        <summary id="call-${id}-summary">
          <span class="arrow-box ${span}">
            <span
              class="words"><span class="hidden">${caller} to ${receiver}: </span>${label}</span>
            <span class="arrow ${start < end ? "right" : "left"}" aria-hidden="true"></span>
            <span class="facts"><code>${method} ${shortenPath(path)}</code>
    <span class="end">${viewStatus(call)} ${duration}</span></span>
          </span>
          <span class="aside"><time>${formatClock(startedAt)}</time> ${name}</span>
        </summary>
        <div class="messages">
    ${viewMessage(`Request from ${caller}`, `${method} ${path}`, request)}
    ${viewAnswer(`Answer from ${receiver}`, answer)}
        </div>
      </details>
    </li>
  `;
}

function viewAnswer(title: string, answer: CallAnswer | undefined): Html {
  if (answer === undefined) return html`<p>No answer yet.</p>`;
  const { status } = answer;
  if (status === undefined) return html`<p>No answer.</p>`;
  return viewMessage(title, String(status), answer);
}

function viewStatus({ answer }: ObservedCall): Html {
  if (answer === undefined) return html`<span class="code waiting">waiting</span>`;
  const { status } = answer;
  if (status === undefined) return html`<span class="code failed">no answer</span>`;
  const kind = status < 400 ? "fine" : status < 500 ? "refused" : "failed";
  return html`<span class="code ${kind}">${status}</span>`;
}

function viewMessage(title: string, line: string, { headers, body }: MaskedMessage): Html {
  const head = headers.map(([name, value]) => `${name}: ${value}`);
  const text = [line, ...head, "", body].join("\n").trimEnd();
  return html`
    <section aria-label="${title}">
      <h4>${title}</h4>
      <pre tabindex="0" aria-label="${title}">${text}</pre>
    </section>
  `;
}
