import type { CallAnswer, MaskedMessage, ObservedCall, Party } from "./observed_call.ts";
import { type Markup, markup } from "./markup.ts";
import { describeCall, PARTIES, shortenPath } from "./words.ts";

/** Where each party's line is, from the left. A stranger stands where people stand. */
const LANES: Readonly<Record<Party, number>> = {
  person: 0,
  stranger: 0,
  ory: 1,
  bridge: 2,
  jumio: 3,
};

/** The four lines of the diagram, with their names at the top. */
export function viewLanes(): Markup {
  const names = (["person", "ory", "bridge", "jumio"] as const).map((party) =>
    markup`<span class="lane-${party}">${PARTIES[party]}</span>`
  );
  return markup`<div class="lane-names" aria-hidden="true">${names}</div>`;
}

/** A call as an arrow from line to line, which opens to what was sent and answered. */
export function viewCall(call: ObservedCall, about: string | undefined): Markup {
  const { id, from, to, method, path, answer, request, startedAt } = call;
  const [asker, answerer] = [PARTIES[from], PARTIES[to]];
  const [start, end] = [LANES[from], LANES[to]];
  const span = `span-${Math.min(start, end)}-${Math.max(start, end)}`;
  const name = about && markup`<span>${about}</span>`;
  const took = answer && `${answer.durationMs} ms`;
  return markup`<li id="call-${id}" class="call from-${from}">
<details id="call-${id}-details">
<summary id="call-${id}-summary">
<span class="arrow-box ${span}">
<span class="words"><span class="hidden">${asker} to ${answerer}: </span>${
    describeCall(call)
  }</span>
<span class="arrow ${start < end ? "right" : "left"}" aria-hidden="true"></span>
<span class="facts"><code>${method} ${shortenPath(path)}</code>
<span class="end">${viewStatus(call)} ${took}</span></span>
</span>
<span class="aside"><time>${clock(startedAt)}</time> ${name}</span>
</summary>
<div class="messages">
${viewMessage(`${asker} asks`, `${method} ${path}`, request)}
${viewAnswer(`${answerer} answers`, answer)}
</div>
</details>
</li>`;
}

function viewAnswer(title: string, answer: CallAnswer | undefined): Markup {
  if (answer === undefined) return markup`<p>There is no answer yet.</p>`;
  const { status } = answer;
  if (status === undefined) return markup`<p>There was no answer.</p>`;
  return viewMessage(title, String(status), answer);
}

function viewStatus({ answer }: ObservedCall): Markup {
  if (answer === undefined) return markup`<span class="code waiting">waiting</span>`;
  const { status } = answer;
  if (status === undefined) return markup`<span class="code failed">no answer</span>`;
  const kind = status < 400 ? "fine" : status < 500 ? "refused" : "failed";
  return markup`<span class="code ${kind}">${status}</span>`;
}

function viewMessage(title: string, line: string, { headers, body }: MaskedMessage): Markup {
  const head = headers.map(([name, value]) => `${name}: ${value}`);
  const text = [line, ...head, "", body].join("\n").trimEnd();
  return markup`<section aria-label="${title}">
<h4>${title}</h4>
<pre tabindex="0" aria-label="${title}">${text}</pre>
</section>`;
}

/** The local time to the second. */
function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}
