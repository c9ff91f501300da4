import type { Notice } from "./acts.ts";
import { type Markup, markup } from "./markup.ts";
import { printJson } from "./identity_json.ts";
import { readJumio } from "./identity_state.ts";
import { OUTCOMES, type SimulatedExecution } from "../simulators/jumio/simulator.ts";
import type { SimulatedIdentity } from "../simulators/kratos/simulator.ts";
import { maskValue } from "./mask.ts";
import { OUTCOME_WORDS } from "./words.ts";

/** What the page knows of a person. */
export interface PersonView {
  readonly identity: SimulatedIdentity;
  /** As it was before its last change. */
  readonly before: SimulatedIdentity | undefined;
  readonly execution: SimulatedExecution | undefined;
  readonly notice: Notice | undefined;
  readonly isOpen: boolean;
}

/** A person, with what can be done, and the identity with what changed marked. */
export function viewPerson({ identity, before, execution, notice, isOpen }: PersonView): Markup {
  const { id, traits: { email } } = identity;
  const { status, link } = readJumio(identity);
  return markup`<details class="person" id="person-${id}" ${isOpen && "open"}>
<summary id="person-${id}-summary">
<h3>${email}</h3> <span class="status ${status}">${status}</span>
</summary>
${notice && markup`<p class="notice ${notice.tone}">${notice.text}</p>`}
${viewFinish({ email, id, execution })}
<div class="acts">
${viewAct("sign-in", { email, id, label: "Sign in" })}
${viewAct("recover", { email, id, label: "Recover" })}
${execution && viewAct("forge", { email, id, label: "Forge a callback" })}
${link !== "" && viewLink({ id, link })}
</div>
<pre tabindex="0" aria-label="The identity of ${email}">${viewIdentity(identity, before)}</pre>
</details>`;
}

function viewAct(
  path: string,
  { email, id, label }: { email: string; id: string; label: string },
): Markup {
  return markup`<form method="post" action="/${path}">
<input type="hidden" name="email" value="${email}">
<button id="${path}-${id}">${label}</button>
</form>`;
}

function viewLink({ id, link }: { id: string; link: string }): Markup {
  return markup`<a id="link-${id}" class="button" href="${link}" target="_blank" rel="noopener">
The person’s page <span class="hidden">(opens a new tab)</span><span aria-hidden="true">↗</span>
</a>`;
}

function viewFinish(
  { email, id, execution }: {
    email: string;
    id: string;
    execution: SimulatedExecution | undefined;
  },
): Markup {
  if (execution === undefined) {
    return markup`<p class="hint">Jumio knows nothing of this person yet.</p>`;
  }
  const { status, decision } = execution;
  if (execution.completedAt !== undefined) {
    const end = status === "PROCESSED" ? `${status}, ${decision?.type}` : status;
    return markup`<p class="hint">Jumio says: ${end}.</p>`;
  }
  const buttons = OUTCOMES.map((outcome) => {
    const label = OUTCOME_WORDS[outcome];
    return markup`<button id="${outcome}-${id}" name="outcome" value="${outcome}">${label}</button>`;
  });
  return markup`<form method="post" action="/finish">
<fieldset>
<legend>Jumio finishes with</legend>
<input type="hidden" name="email" value="${email}">
<div class="choices">${buttons}</div>
</fieldset>
</form>`;
}

/** A new identity is new as a whole: there is nothing to mark. */
function viewIdentity(identity: SimulatedIdentity, before = identity): Markup[] {
  const lines = printJson(maskValue(toShown(identity)), maskValue(toShown(before)));
  return lines.map(({ text, isChanged }) =>
    isChanged ? markup`<mark>${text}</mark>${"\n"}` : markup`${text}${"\n"}`
  );
}

function toShown({ id, state, traits, "metadata_public": metadata }: SimulatedIdentity): unknown {
  return { id, state, traits, "metadata_public": metadata };
}
