// SPDX-License-Identifier: Apache-2.0
import type { HourCounts } from "../../../lib/history/hourly_counts.ts";
import type { DeadLetter } from "../../../lib/jobs/dead_letters.ts";
import { JOB_KIND_NAMES } from "../../../lib/verification/job_kinds.ts";
import type { SignedInOperator } from "../../../lib/operator/key.ts";
import type { ServiceStatus } from "../../../lib/operator/service_status.ts";
import { describeFailure } from "../../../lib/operator/cures.ts";
import { formatCount, isOverdue } from "../../../lib/operator/format.ts";
import { type Html, html } from "../../../lib/http/html.ts";
import { renderPlot, type Series } from "./_plot.ts";
import { renderChange } from "./_read_only.ts";
import { renderSweep } from "./_sweep.ts";
import { formatDistance, formatMoment, nameJob, nameSubject } from "./_words.ts";

const STARTS: readonly Series[] = [
  { label: "starts", className: "starts", count: ({ counts }) => counts.starts },
];

const VERDICTS: readonly Series[] = [
  { label: "verified", className: "verified", count: ({ counts }) => counts.verified },
  { label: "review", className: "review", count: ({ counts }) => counts.review },
  { label: "rejected", className: "rejected", count: ({ counts }) => counts.rejected },
  {
    label: "expired or inconclusive",
    className: "other",
    count: ({ counts }) => counts.expired + counts.inconclusive,
  },
];

export interface Dashboard {
  readonly operator: SignedInOperator;
  readonly status: ServiceStatus;
  readonly hours: readonly HourCounts[];
  readonly letters: readonly DeadLetter[];
  readonly hasMoreLetters: boolean;
  readonly notice: Html | undefined;
  readonly now: number;
}

/** Renders the top of every page: the operator's name, and the button to sign out. */
export function renderHeader({ name, isReadOnly }: SignedInOperator): Html {
  return html`
    <header>
      <div>
        <h1><a href="./">Ory and Jumio bridge</a></h1>
        <nav aria-label="Pages"><a href="./reviews">Reviews</a></nav>
        <p>${name}${isReadOnly ? " (read-only)" : ""}</p>
        <form method="post" action="sign-out"><button class="quiet">Sign out</button></form>
      </div>
    </header>
  `;
}

/** Renders the state of the service: first whether anybody has to act, then the numbers. */
export function renderDashboard(dashboard: Dashboard): Html {
  const { hours, status, now, notice } = dashboard;
  return html`<main>
${renderNeeds(dashboard)}
${notice}
${renderSearch("")}
<section aria-labelledby="figures"><h2 id="figures">Last 24 hours</h2>${
    renderFigures(status)
  }</section>
<div class="pair">
<section>${renderPlot(hours, { id: "starts", title: "Starts by hour", series: STARTS })}</section>
<section>${
    renderPlot(hours, { id: "verdicts", title: "Verdicts by hour", series: VERDICTS })
  }</section>
</div>
${renderLetters(dashboard)}
${renderSweep(status.sweep, now)}
<div class="pair">
<section><h2>Queues</h2>${renderQueues(status, now)}</section>
<section><h2>Upstreams</h2>${renderUpstreams(status, now)}</section>
</div>
</main>`;
}

/** Renders the form to find an identity. */
export function renderSearch(id: string): Html {
  return html`
    <section aria-label="Search">
      <form method="get" action="./">
    <label>Identity or execution id
    <input name="id" value="${id}" required maxlength="64" autocomplete="off" spellcheck="false"></label>
    <button>Show</button></form>
    </section>
  `;
}

function renderNeeds({ status: { needs }, now }: Dashboard): Html {
  if (needs.length === 0) {
    return html`<section class="state"><strong>Nothing needs you</strong>
<p>No dead letters, no failing jobs, no open reviews, and no work is overdue.</p></section>`;
  }
  const items = needs.map(({ what, title, since, nextStep }) =>
    html`
      <li>
        <strong>${title}</strong>${since === null ? undefined : html`
          <span class="soft" title="${formatMoment(since)}">since ${formatDistance(
            since,
            now,
          )}</span>
        `}<br>
        ${what === "open_reviews" ? html`<a href="./reviews">Open the review queue</a>` : nextStep}
      </li>
    `
  );
  return html`
    <section class="state bad" aria-labelledby="needs">
      <h2 id="needs">Needs you</h2>
      <ul class="needs">${items}</ul>
    </section>
  `;
}

function renderFigures({ lastDay }: ServiceStatus): Html {
  const figures = [
    ["Starts", lastDay.starts],
    ["Verified", lastDay.verified],
    ["Review", lastDay.review],
    ["Rejected", lastDay.rejected],
    ["Expired", lastDay.expired],
    ["Inconclusive", lastDay.inconclusive],
  ] as const;
  return html`<dl class="figures">${
    figures.map(([name, value]) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>`;
}

function renderLetters({ operator, letters, hasMoreLetters, now }: Dashboard): Html | undefined {
  if (letters.length === 0) return undefined;
  return html`
    <section><h2>Dead letters</h2><ul class="letters">${letters.map((letter) =>
      renderLetter(letter, { operator, now })
    )}</ul>${hasMoreLetters
      ? html`
        <p class="soft">There are more: <code>deno task operator dead-letter list</code></p>
      `
      : undefined}</section>
  `;
}

function renderLetter(
  letter: DeadLetter,
  { operator, now }: { operator: SignedInOperator; now: number },
): Html {
  const { kind, id, reason, failures, deadAt } = letter;
  const status = letter.status ?? null;
  const { upstream, action, meaning, nextStep } = describeFailure({ kind, reason, status });
  const cause = [upstream, `could not ${action}`].filter((part) => part !== null).join(": ");
  return html`
    <li>
      <div>
        <strong>${nameJob(kind)}</strong>
        <span class="soft">given up ${formatDistance(deadAt, now)}, tries: ${failures}</span><br>
        <a href="./?id=${nameSubject(kind, id)}"><code>${id}</code></a>
        <code>${status === null ? reason : `${reason} ${status}`}</code><br>
        <span class="soft">${cause}. ${meaning}. ${nextStep}</span>
      </div>
      ${renderChange(operator, {
        action: "replay",
        content: html`
          <input type="hidden" name="kind" value="${kind}">
          <input type="hidden" name="id" value="${id}">
          <button class="quiet" aria-label="Replay: ${nameJob(kind)}, ${id}">Replay</button>
        `,
      })}
    </li>
  `;
}

function renderQueues({ queues }: ServiceStatus, now: number): Html {
  const rows = JOB_KIND_NAMES.map((kind) => {
    const { oldestDueAt, due, waiting } = queues[kind];
    const isLate = isOverdue(oldestDueAt, now);
    const next = oldestDueAt === undefined ? "nothing" : formatDistance(oldestDueAt, now);
    return html`
      <tr>
        <th scope="row">${nameJob(kind)}</th>
        <td class="number">${waiting}</td>
        <td class="number">${formatCount(due)}</td>
        <td class="${isLate ? "warn" : ""}">${next}${isLate ? " (overdue)" : ""}</td>
      </tr>
    `;
  });
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Queues">
      <table>
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col" class="number">Waiting</th>
            <th scope="col" class="number">Due now</th>
            <th scope="col">First due</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}

function renderUpstreams({ lastDay, lastFailures }: ServiceStatus, now: number): Html {
  const rows = ([["Jumio", "jumio"], ["Ory", "kratos"], ["Application", "receiver"]] as const).map(
    ([name, upstream]) => {
      const failure = lastFailures[upstream];
      const detail = failure === null
        ? "none on record"
        : `${failure.reason}${failure.status === null ? "" : ` ${failure.status}`}, ${
          formatDistance(failure.at, now)
        }`;
      const moment = failure === null ? "" : formatMoment(failure.at);
      return html`
        <tr>
          <th scope="row">${name}</th>
          <td class="number">${lastDay[`${upstream}_failures`]}</td>
          <td title="${moment}">${detail}</td>
        </tr>
      `;
    },
  );
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Upstreams">
      <table>
        <thead>
          <tr>
            <th scope="col">Upstream</th>
            <th scope="col" class="number">Failures, 24 h</th>
            <th scope="col">Last failure</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}
