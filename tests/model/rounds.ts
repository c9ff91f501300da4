// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Execution } from "../../lib/verification/executions.ts";
import { hasDecision } from "../../lib/verification/round.ts";
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import { decide, type Verdict } from "../../lib/verification/verdict.ts";
import { readRow } from "./rows.ts";
import type { ModelState } from "./state.ts";

/** The clocks of two instances differ by less than this. */
export const MAX_SKEW_MS = 60_000;

const STRICTER: readonly (Verdict | null)[] = [null, "PASSED", "WARNING", "FAILED"];

/** The strictest decision that was seen in each round of each identity. */
export type SeenRounds = Map<string, { readonly round: number; readonly strictness: number }>;

/** An execution that we have recorded. */
interface Recorded {
  readonly id: string;
  readonly execution: Execution;
}

/** Nothing was seen yet. */
export function createSeenRounds(): SeenRounds {
  return new Map();
}

/** The recorded executions of an identity. */
export function recordedOf({ shared }: ModelState, identityId: string): Recorded[] {
  return [...shared.rows.values()].flatMap(({ key, value }) => {
    const execution = key[0] === "execution" ? value as Execution : null;
    return execution?.identityId === identityId ? [{ id: String(key[1]), execution }] : [];
  });
}

/**
 * The decisions that count in the present round, found without our own rules: those of its executions,
 * and the rejections of older ones that ended since it began. Of one that ended in the same millisecond
 * the times do not say whether it was before.
 */
export function countedOf(
  { round, roundBeganAt }: Verification,
  recorded: readonly Recorded[],
  { isSkewed }: Pick<ModelState, "isSkewed">,
): { readonly sure: readonly Verdict[]; readonly unsure: readonly Verdict[] } {
  const decided = recorded.flatMap(({ execution: { settled, round: own } }) =>
    settled === null || settled.verdict === null
      ? []
      : [{ verdict: settled.verdict, at: settled.at, isOwn: own === round }]
  );
  const unsureMs = isSkewed ? MAX_SKEW_MS : 1;
  const rejections = decided.filter(({ verdict, isOwn }) => verdict === "FAILED" && !isOwn);
  return {
    sure: [
      ...decided.filter(({ isOwn }) => isOwn),
      ...rejections.filter(({ at }) => at > roundBeganAt + unsureMs),
    ].map(({ verdict }) => verdict),
    unsure: rejections.filter(({ at }) => Math.abs(at - roundBeganAt) <= unsureMs)
      .map(({ verdict }) => verdict),
  };
}

/**
 * A record has the strictest decision of its round, nothing makes it milder within the round, and what
 * is settled is what Jumio said.
 */
export function checkRounds(state: ModelState, seen: SeenRounds): void {
  for (const identityId of state.people) {
    const record = readRow<Verification>(state.shared, verificationKey(identityId));
    if (record === null) {
      // Erased: whoever is started again begins anew.
      seen.delete(identityId);
      continue;
    }
    const recorded = recordedOf(state, identityId);
    for (const one of recorded) checkSettled(state, one);
    checkStrictest(record, recorded, state);
    checkNotMilder(record, seen);
  }
}

function checkStrictest(
  record: Verification,
  recorded: readonly Recorded[],
  state: ModelState,
): void {
  const { sure, unsure } = countedOf(record, recorded, state);
  // An operator has decided. Beside that stands what Jumio said, also if it was before a restart.
  if (record.verdict === "WARNING" && ["verified", "rejected"].includes(record.status)) {
    assert(!sure.includes("FAILED"), "an operator's decision stands in spite of a rejection");
    return;
  }
  const found = hasDecision(record) ? record.verdict : null;
  const allowed = [strictestOf(sure), strictestOf([...sure, ...unsure])];
  assert(
    allowed.includes(found),
    `the record says ${found}, the strictest decision of its round is ${allowed[0]}`,
  );
}

function checkNotMilder(record: Verification, seen: SeenRounds): void {
  const { identityId, round } = record;
  const strictness = hasDecision(record) ? STRICTER.indexOf(record.verdict) : 0;
  const before = seen.get(identityId);
  assert(
    before === undefined || before.round < round || before.strictness <= strictness,
    "a decision became milder within its round",
  );
  assert(
    strictness < STRICTER.indexOf("FAILED") || record.status === "rejected",
    "a person is not rejected in spite of a rejection",
  );
  seen.set(identityId, { round, strictness });
}

function checkSettled({ jumio }: ModelState, { id, execution: { settled } }: Recorded): void {
  if (settled === null) return;
  const said = jumio.executions.find((one) => one.id === id);
  const conclusion = decide(
    { status: said?.status ?? "", decision: said?.decision?.type },
    { warningStatus: "review" },
  );
  const verdict = conclusion.kind === "decided" ? conclusion.verdict : null;
  assert.deepEqual(
    [settled.conclusion, settled.verdict],
    [conclusion.kind, verdict],
    "an execution is not settled as Jumio says",
  );
}

function strictestOf(verdicts: readonly Verdict[]): Verdict | null {
  const found = STRICTER.findLast((one) => one !== null && verdicts.includes(one));
  return found ?? null;
}
