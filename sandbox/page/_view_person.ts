import { type Html, html } from "../../lib/http/html.ts";
import { printJson } from "./json_diff.ts";
import type { Notice } from "./notice.ts";
import { readVerification } from "./people.ts";
import { OUTCOMES, type SimulatedExecution } from "../simulators/jumio/simulator.ts";
import type { SimulatedIdentity } from "../simulators/kratos/simulator.ts";
import { maskValue } from "./mask.ts";
import { OUTCOME_LABELS } from "./labels.ts";

/** What a card shows about a person. */
export interface PersonView {
  readonly identity: SimulatedIdentity;
  /** The identity before its last change. */
  readonly before: SimulatedIdentity | undefined;
  readonly execution: SimulatedExecution | undefined;
  readonly notice: Notice | undefined;
  readonly isOpen: boolean;
}

/** The card of a person: the actions, and the identity with its last change marked. */
export function viewPerson({ identity, before, execution, notice, isOpen }: PersonView): Html {
  const { id, traits: { email } } = identity;
  const { status, link } = readVerification(identity);
  return html`<details class="person" id="person-${id}" ${isOpen && "open"}>
<summary id="person-${id}-summary">
<h3>${email}</h3> <span class="status ${status}">${status}</span>
</summary>
${notice && html`<p id="notice-${id}" class="notice ${notice.tone}">${notice.text}</p>`}
${viewFinish({ email, id, execution })}
${execution === undefined && status === "none" && viewNeverStarted(id)}
<div id="actions-${id}" class="actions">
${viewAction("sign-in", { email, id, label: "Sign in" })}
${viewAction("recover", { email, id, label: "Recover" })}
${status === "verified" && viewAction("end", { email, id, label: "End the validity" })}
${execution && viewAction("forge", { email, id, label: "Forge a callback" })}
${link !== "" && viewLink({ id, link })}
</div>
<pre id="identity-${id}" tabindex="0" aria-label="The identity of ${email}">${
    viewIdentity(identity, before)
  }</pre>
</details>`;
}

function viewAction(
  path: string,
  { email, id, label }: { email: string; id: string; label: string },
): Html {
  return html`
    <form id="${path}-form-${id}" method="post" action="/${path}">
      <input type="hidden" name="email" value="${email}">
      <button id="${path}-${id}">${label}</button>
    </form>
  `;
}

function viewLink({ id, link }: { id: string; link: string }): Html {
  return html`<a id="link-${id}" class="button" href="${link}" target="_blank" rel="noopener">
The person’s page <span class="hidden">(opens a new tab)</span><span aria-hidden="true">↗</span>
</a>`;
}

function viewFinish(
  { email, id, execution }: {
    email: string;
    id: string;
    execution: SimulatedExecution | undefined;
  },
): Html {
  if (execution === undefined) {
    return html`<p id="hint-${id}" class="hint">Jumio has no verification for this person yet.</p>`;
  }
  const { status, decision } = execution;
  if (execution.completedAt !== undefined) {
    const end = status === "PROCESSED" ? `${status}, ${decision?.type}` : status;
    return html`<p id="hint-${id}" class="hint">Jumio says: ${end}.</p>`;
  }
  const buttons = OUTCOMES.map((outcome) => {
    const label = OUTCOME_LABELS[outcome];
    return html`<button id="${outcome}-${id}" name="outcome" value="${outcome}">${label}</button>`;
  });
  return html`
    <form id="finish-${id}" method="post" action="/finish">
      <fieldset>
        <legend>Jumio finishes with</legend>
        <input type="hidden" name="email" value="${email}">
        <div class="choices">${buttons}</div>
      </fieldset>
    </form>
  `;
}

/** Ory calls a registration hook once, with a few retries within seconds. */
function viewNeverStarted(id: string): Html {
  return html`
    <p id="never-${id}"
      class="hint">The bridge has not written on this identity. If it was down at the registration,
      Ory does not call it again. Once it runs, its sweep finds this person within two minutes. Then
      the operator’s page counts them and names the command that starts them. With
      <code>START_MISSING_SINCE</code> the sweep starts them by itself.</p>
  `;
}

/** Marks nothing on a new identity, because all of it is new. */
function viewIdentity(identity: SimulatedIdentity, before = identity): Html[] {
  const lines = printJson(maskValue(toShown(identity)), maskValue(toShown(before)));
  return lines.map(({ text, isChanged }) =>
    isChanged ? html`<mark>${text}</mark>${"\n"}` : html`${text}${"\n"}`
  );
}

function toShown({ id, state, traits, "metadata_public": metadata }: SimulatedIdentity): unknown {
  return { id, state, traits, "metadata_public": metadata };
}
