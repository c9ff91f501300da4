// SPDX-License-Identifier: Apache-2.0
import { type Html, html } from "../../../lib/http/html.ts";
import { changedAtOf, type Verification } from "../../../lib/verification/rows.ts";
import {
  identityAddress,
  QUEUE_AGES,
  QUEUE_STATUSES,
  queueAddress,
  type QueueFilter,
  type QueuePage,
} from "./_queue.ts";
import { formatMoment, formatSpan, STATUS_TONES } from "./_words.ts";

const AGE_WORDS: Readonly<Record<QueueFilter["age"], string>> = {
  any: "any",
  "1h": "an hour or more",
  "1d": "a day or more",
  "3d": "3 days or more",
  "7d": "a week or more",
  "30d": "30 days or more",
};

/** Renders a page of the queue, with the form that filters it. */
export function renderQueue(
  { verifications, next }: QueuePage,
  { filter, isFirst, notice, now }: {
    filter: QueueFilter;
    /** Whether it is the first page. */
    isFirst: boolean;
    notice: Html | undefined;
    now: number;
  },
): Html {
  return html`<main>
${notice}
${renderFilter(filter)}
<section aria-labelledby="queue"><h2 id="queue">${nameQueue(filter)}, the oldest first</h2>
${
    verifications.length === 0
      ? html`<p class="soft">${isFirst ? "There are none." : "There are no more."}</p>`
      : html`<ol class="letters">${
        verifications.map((verification) => renderEntry(verification, { filter, now }))
      }</ol>`
  }
${
    isFirst && next === undefined ? undefined : html`
      <nav aria-label="Pages" class="links">
        ${isFirst ? undefined : html`<a href="${queueAddress(filter)}">First page</a>`}
        ${next === undefined
          ? undefined
          : html`<a rel="next" href="${queueAddress(filter, { after: next })}">Next page</a>`}
      </nav>
    `
  }</section>
</main>`;
}

function renderFilter(filter: QueueFilter): Html {
  return html`
    <section aria-label="Filter">
      <form method="get" action="./reviews">
        <label>Status ${renderSelect("status", {
          values: QUEUE_STATUSES,
          selected: filter.status,
          nameOf: (status) => status,
        })}</label>
        <label>Age ${renderSelect("age", {
          values: QUEUE_AGES,
          selected: filter.age,
          nameOf: (age) => AGE_WORDS[age],
        })}</label>
        <button>Show</button>
      </form>
    </section>
  `;
}

function renderSelect<Value extends string>(
  name: string,
  { values, selected, nameOf }: {
    values: readonly Value[];
    selected: Value;
    nameOf: (value: Value) => string;
  },
): Html {
  return html`<select name="${name}">${
    values.map((value) =>
      html`
        <option value="${value}" ${value === selected
          ? html`
            selected
          `
          : undefined}>${nameOf(value)}</option>
      `
    )
  }</select>`;
}

function renderEntry(
  verification: Verification,
  { filter, now }: { filter: QueueFilter; now: number },
): Html {
  const { identityId, status, workflowExecutionId: execution } = verification;
  const since = changedAtOf(verification);
  return html`
    <li>
      <div>
    <a href="${identityAddress(identityId, { filter })}"><code>${identityId}</code></a><br>
    <strong class="${STATUS_TONES[status]}">${status}</strong> for ${formatSpan(
      Math.max(0, now - since),
    )},
    <span class="soft">since ${formatMoment(since)}</span><br>
    <span class="soft">Execution ${execution === null
      ? "none yet"
      : html`<code>${execution}</code>`}</span>
      </div>
    </li>
  `;
}

function nameQueue({ status, age }: QueueFilter): string {
  const name = status === "review"
    ? "Open reviews"
    : status === "all"
    ? "All verifications"
    : `Verifications that are ${status}`;
  return age === "any" ? name : `${name}, for ${AGE_WORDS[age]}`;
}
