// SPDX-License-Identifier: Apache-2.0
import { toTimestamp } from "../../../lib/timestamp.ts";
import type { TimelineEvent } from "../../../lib/history/timeline.ts";
import type { VerificationRecord } from "../../../lib/verification/list.ts";
import { changedAtOf, type Verification } from "../../../lib/verification/rows.ts";
import { describeUnreadable } from "../../../lib/operator/format.ts";
import type { OryCopy } from "../../../lib/operator/ory_copy.ts";
import type { SignedInOperator } from "../../../lib/operator/key.ts";
import { renderSearch } from "./_dashboard.ts";
import { renderDecide, renderQueueLinks } from "./_decide.ts";
import { renderExpire } from "./_expire.ts";
import { type Html, html } from "../../../lib/http/html.ts";
import type { QueueFilter } from "./_queue.ts";
import { renderChange } from "./_read_only.ts";
import { describeDetails, formatMoment, nameEvent, STATUS_TONES } from "./_words.ts";

/** Renders one identity: its verification and its timeline. */
export function renderIdentity(
  { identityId, verification, executions, tombstone }: VerificationRecord,
  { operator, events, hasMore, ory, notice, queue }: {
    operator: SignedInOperator;
    events: readonly TimelineEvent[];
    hasMore: boolean;
    /** How Ory compares with the record. */
    ory: OryCopy;
    notice: Html | undefined;
    /** The queue in which the identity was opened. */
    queue: { readonly filter: QueueFilter; readonly nextId: string | undefined } | undefined;
  },
): Html {
  return html`<main>
${queue === undefined ? renderSearch(identityId) : renderQueueLinks(queue)}
${notice}
<section><h2>Identity <code>${identityId}</code></h2>
<dl class="facts">${verification === null ? undefined : renderFacts(verification)}${renderOry(ory)}
${
    tombstone === null ? undefined : html`
      <dt>Erased</dt>
      <dd>${tombstone.erasedAt === null
        ? "under way"
        : formatMoment(tombstone.erasedAt)}, asked for by ${tombstone.by} (secret ${tombstone
        .secretId}) at ${formatMoment(tombstone.requestedAt)}</dd>
    `
  }
${
    executions.map(({ id, execution }) =>
      html`
        <dt>Execution</dt>
        <dd><code>${id}</code> ${execution?.settled
          ? `settled: ${execution.settled.outcome}`
          : "open"}</dd>
      `
    )
  }</dl></section>
${verification === null ? undefined : renderActions(verification, { operator, queue })}
<section><h2>Timeline (UTC)</h2>${renderEvents(events)}
${
    hasMore
      ? html`<p class="soft">There is more: <code>deno task operator verification timeline</code></p>`
      : undefined
  }</section>
</main>`;
}

function renderActions(
  verification: Verification,
  { operator, queue }: {
    operator: SignedInOperator;
    queue: { readonly filter: QueueFilter } | undefined;
  },
): Html | undefined {
  if (operator.isReadOnly) return undefined;
  const decide = renderDecide(verification, { operator, queue });
  const publish = renderChange(operator, {
    action: "publish",
    content: html`<input type="hidden" name="id" value="${verification.identityId}">
<button class="quiet">Publish again</button>`,
  });
  return html`${decide}<section aria-labelledby="actions">
<h2 id="actions">${decide === undefined ? "Actions" : "Other actions"}</h2>
${publish}
${renderExpire(operator, verification)}</section>`;
}

/** Renders the page for an id without a record. */
export function renderUnknown(id: string): Html {
  return html`<main>${renderSearch(id)}
<section class="state warn"><strong>There is no record of this id</strong>
<p>Neither an identity nor an execution has it. A person who registered while this service was down
has no record. To start such a person: <code>deno task operator verification start ${id}</code></p>
</section>
</main>`;
}

function renderFacts(verification: Verification): Html {
  const { status, verdict, validUntil, accountId, acceptedAt, goneAt, executionCount } =
    verification;
  return html`<dt>Status</dt><dd><strong class="${
    STATUS_TONES[status]
  }">${status}</strong>, since ${formatMoment(changedAtOf(verification))}</dd>
<dt>Verdict</dt><dd>${verdict ?? "none yet"}</dd>
${
    validUntil === null ? undefined : html`
      <dt>Valid until</dt>
      <dd>${formatMoment(validUntil)}</dd>
    `
  }
<dt>Registered</dt><dd>${formatMoment(acceptedAt)}</dd>
<dt>Executions</dt><dd>${executionCount}</dd>
<dt>Jumio account</dt><dd>${accountId === null ? "none yet" : html`<code>${accountId}</code>`}</dd>
${
    goneAt === null ? undefined : html`
      <dt>Deleted in Ory</dt>
      <dd>noticed at ${formatMoment(goneAt)}</dd>
    `
  }`;
}

function renderOry(ory: OryCopy): Html | undefined {
  switch (ory.state) {
    case "not_compared":
      return undefined;
    case "same":
      return html`
        <dt>In Ory</dt>
        <dd>the same</dd>
      `;
    case "unknown_identity":
      return html`
        <dt>In Ory</dt>
        <dd class="warn">the identity does not exist</dd>
      `;
    case "unreadable":
      return html`
        <dt>In Ory</dt>
        <dd class="warn">${describeUnreadable(ory.reason)}</dd>
      `;
    case "differs":
      return html`<dt>In Ory</dt><dd><strong class="bad">differs from our record</strong></dd>
${
        ory.differences.map(({ field, record, ory: found }) =>
          html`
            <dt>${field.replaceAll("_", " ")}</dt>
            <dd>${found ?? "none"}, our record: ${record ?? "none"}</dd>
          `
        )
      }`;
  }
}

function renderEvents(events: readonly TimelineEvent[]): Html {
  if (events.length === 0) return html`<p class="soft">Nothing is on record.</p>`;
  return html`<ol class="timeline">${
    events.map((event) =>
      html`<li><time datetime="${toTimestamp(event.at)}">${
        formatMoment(event.at).replace(" UTC", "")
      }</time>
<div><strong>${nameEvent(event)}</strong> <span>${describeDetails(event.details)}</span></div></li>`
    )
  }</ol>`;
}
