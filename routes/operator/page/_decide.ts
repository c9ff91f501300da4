// SPDX-License-Identifier: Apache-2.0
import { type Html, html } from "../../../lib/http/html.ts";
import type { SignedInOperator } from "../../../lib/operator/key.ts";
import { changedAtOf, type Verification } from "../../../lib/verification/rows.ts";
import { identityAddress, queueAddress, type QueueFilter } from "./_queue.ts";
import { renderChange } from "./_read_only.ts";

/** The form that decides a review. Undefined where there is none to decide. */
export function renderDecide(
  verification: Verification,
  { operator, queue }: {
    operator: SignedInOperator;
    queue: { readonly filter: QueueFilter } | undefined;
  },
): Html | undefined {
  if (verification.status !== "review") return undefined;
  const { identityId, workflowExecutionId } = verification;
  const hidden = Object.entries({
    id: identityId,
    // What the operator sees. Another review of the same person must not be decided by it.
    "changed_at": changedAtOf(verification),
    execution: workflowExecutionId ?? "",
    ...queue?.filter,
  });
  const form = renderChange(operator, {
    action: "decide",
    content: html`
      ${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
              <fieldset>
        <legend>Decision</legend>
        <label><input type="radio" name="decision" value="verified" required> Verified</label>
        <label><input type="radio" name="decision" value="rejected" required> Rejected</label>
      </fieldset>
              <label>Reason, as a code <input name="reason" required pattern="[A-Za-z0-9_.\\-]{1,64}"
              autocomplete="off" spellcheck="false"></label>
              <div class="buttons">
        <button name="then" value="next">Decide, and show the next</button>
        <button name="then" value="stay" class="quiet">Decide, and stay here</button>
      </div>
    `,
  });
  if (form === undefined) return undefined;
  return html`
    <section aria-labelledby="decide">
      <h2 id="decide">Decide this review</h2>
      <p class="soft">First look at the execution in Jumio's portal. The verdict stays WARNING, because
    that is Jumio's answer. The timeline keeps the reason: it must not contain personal data.</p>
      ${form}
    </section>
  `;
}

/** The links from an identity to the rest of the queue in which it was opened. */
export function renderQueueLinks(
  { filter, nextId }: { filter: QueueFilter; nextId: string | undefined },
): Html {
  return html`
    <nav aria-label="Queue" class="links">
      <a href="${queueAddress(filter)}">Back to the queue</a>
      ${nextId === undefined
        ? html`<span class="soft">This is the last one</span>`
        : html`<a href="${identityAddress(nextId, { filter })}">Skip to the next</a>`}
    </nav>
  `;
}
