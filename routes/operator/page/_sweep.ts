// SPDX-License-Identifier: Apache-2.0
import { type Html, html } from "../../../lib/http/html.ts";
import type { SweepState } from "../../../lib/verification/sweep.ts";
import { formatDistance } from "./_words.ts";

/** How many of the people who were never started the page lists. */
const MAX_LISTED = 20;

/** Renders how the last sweep of all identities ended, and who was never started. */
export function renderSweep(sweep: SweepState, now: number): Html {
  return html`
    <section aria-labelledby="sweep"><h2 id="sweep">Sweep of all identities</h2>
    <p class="soft">${describeState(sweep, now)}</p>${renderLast(sweep, now)}${renderMissing(sweep)}
    </section>
  `;
}

function describeState({ state, dueAt, progress }: SweepState, now: number): string {
  switch (state) {
    case "under_way":
      return `Under way: ${progress?.counts.lookedAt ?? 0} identities so far.`;
    case "waiting":
      return `The next one begins ${formatDistance(dueAt ?? now, now)}.`;
    case "stopped":
      return "It stopped and waits for an operator.";
    case "off":
      return "None is planned.";
  }
}

function renderLast({ last }: SweepState, now: number): Html | undefined {
  if (last === null) return undefined;
  const { lookedAt, differing, published, adopting, failed, started } = last.counts;
  const figures = [
    ["Identities", lookedAt],
    ["Differing", differing],
    ["Published", published],
    ["Adopting", adopting],
    ["Not read", failed],
    ["Started", started],
  ] as const;
  const items = figures.map(([name, value]) =>
    html`
      <div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>
    `
  );
  return html`<p class="soft">The last one ended ${formatDistance(last.endedAt, now)}.</p>
<dl class="figures">${items}</dl>`;
}

function renderMissing({ last, neverStarted }: SweepState): Html | undefined {
  if (last === null || neverStarted === 0) return undefined;
  const ids = last.neverStartedIds.slice(0, MAX_LISTED);
  return html`<h3>Registered, but never started: ${neverStarted}</h3>
<ul>${ids.map((id) => html`<li><a href="./?id=${id}"><code>${id}</code></a></li>`)}</ul>
<p class="soft">To start one: <code>deno task operator verification start IDENTITY</code>. The next
sweep starts everyone who registered after <code>START_MISSING_SINCE</code>.</p>`;
}
