// SPDX-License-Identifier: Apache-2.0
import type { ActionOf } from "./actions.ts";
import { noteOverwritten } from "./overwrite.ts";
import { type ModelState, storedIdentities } from "./state.ts";

/** A settings submission that began before our write is over before the confirming read. */
const LONGEST_SUBMISSION_MS = 50_000;

/** Turns a fault on or off. */
export function setFault(
  { jumio, kratos, kv, application, history }: ModelState,
  { fault, isOn }: ActionOf<"fault">,
): void {
  switch (fault) {
    case "jumio down":
      jumio.faults.isDown = isOn;
      return;
    case "jumio rubbish":
      jumio.faults.isRubbish = isOn;
      return;
    case "jumio loses an answer":
      jumio.faults.losesNextAnswer = isOn;
      return;
    case "jumio fails after starts":
      jumio.faults.failsAfterStart = isOn;
      return;
    case "kratos down":
      kratos.faults.isAdminDown = isOn;
      return;
    case "kratos loses a patch":
      kratos.faults.losesNextPatch = isOn;
      return;
    case "kratos stores no patch":
      kratos.faults.ignoresPatches = isOn;
      return;
    case "application down":
      application.faults.isDown = isOn;
      return;
    case "application refuses an event":
      application.faults.refusesNextEvent = isOn;
      return;
    case "application loses an answer":
      application.faults.losesNextAnswer = isOn;
      return;
    case "application gone":
      application.faults.isGone = isOn;
      return;
    case "kv down":
    case "kv answers too late":
      if (isOn) history.excuses.kvOutages++;
      kv.fault = isOn ? fault === "kv down" ? "down" : "late" : undefined;
  }
}

/** A writer outside reads an identity, or writes all of what it read earlier. */
export function writeAsOldWriter(
  state: ModelState,
  identityId: string,
  does: ActionOf<"old writer">["does"],
): void {
  const { clock, history, oldWriters } = state;
  const identities = storedIdentities(state);
  if (does === "reads") {
    const row = structuredClone(identities.get(identityId));
    oldWriters.set(identityId, { at: clock.now, row });
    return;
  }
  const old = oldWriters.get(identityId);
  oldWriters.delete(identityId);
  // No submission takes longer, and one for an identity that was deleted is refused.
  const isTooLate = old === undefined || clock.now - old.at > LONGEST_SUBMISSION_MS;
  if (isTooLate || !identities.has(identityId)) return;
  identities.set(identityId, old.row);
  noteOverwritten(history, { identityId, metadata: Object(old.row)["metadata_public"] });
}
