// SPDX-License-Identifier: Apache-2.0
import { type Html, html } from "../../lib/http/html.ts";
import { printJson } from "./json_diff.ts";
import { viewNotice } from "./_view_notice.ts";
import type { NextStep } from "./next_step.ts";
import type { TimedNotice } from "./notice.ts";
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
  /** What happens next, if the person need not do anything at Jumio. */
  readonly next: NextStep | undefined;
  readonly notice: TimedNotice | undefined;
  readonly now: number;
  /** The address of the operator's page, with a slash at the end. */
  readonly operatorUrl: string;
  readonly isOpen: boolean;
}

/** The card of a person: the actions, and the identity with its last change marked. */
export function viewPerson(
  { identity, before, execution, next, notice, now, operatorUrl, isOpen }: PersonView,
): Html {
  const { id, traits: { email } } = identity;
  const { status, link } = readVerification(identity);
  return html`<details class="person" id="person-${id}" ${isOpen && "open"}>
<summary id="person-${id}-summary">
<h3>${email}</h3> <span class="status ${status}">${status}</span>
</summary>
${notice && viewNotice(notice, { of: id, now })}
${
    next === undefined
      ? viewFinish({ email, id })
      : html`<p id="hint-${id}" class="hint">${next.text}</p>`
  }
<div id="actions-${id}" class="actions">
${next?.offer === "start_again" && viewAction("start-again", { email, id, label: "Start again" })}
${
    next?.offer === "decide" && viewLink(`decide-${id}`, {
      href: `${operatorUrl}?id=${id}`,
      label: "The operator’s page",
    })
  }
${viewAction("sign-in", { email, id, label: "Sign in" })}
${viewAction("recover", { email, id, label: "Recover" })}
${status === "verified" && viewAction("end", { email, id, label: "End the validity" })}
${execution && viewAction("forge", { email, id, label: "Forge a callback" })}
${link !== "" && viewLink(`link-${id}`, { href: link, label: "The person’s page" })}
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

/** A link that looks like a button, and opens a new tab. */
function viewLink(id: string, { href, label }: { href: string; label: string }): Html {
  return html`<a id="${id}" class="button" href="${href}" target="_blank" rel="noopener">
${label} <span class="hidden">(opens a new tab)</span><span aria-hidden="true">↗</span>
</a>`;
}

/** The buttons that do what happens at Jumio. */
function viewFinish({ email, id }: { email: string; id: string }): Html {
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
