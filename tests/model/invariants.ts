// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Sum } from "../../lib/kv/write.ts";
import { INSTANCES } from "./actions.ts";
import { jobCountKey } from "../../lib/jobs/job.ts";
import { MAX_CREATES_A_DAY } from "../../lib/verification/create_calls.ts";
import { JOB_KINDS, NOTIFY } from "../../lib/verification/job_kinds.ts";
import {
  type Tombstone,
  tombstoneKey,
  type Verification,
  verificationKey,
} from "../../lib/verification/rows.ts";
import type { SimulatedExecution } from "../../sandbox/simulators/jumio/simulator.ts";
import type { SharedRows } from "../support/model_store.ts";
import type { Written } from "./history.ts";
import { readRow } from "./rows.ts";
import { checkLimit } from "./limit.ts";
import { executionsOf, type ModelState, statusOf, storedIdentities } from "./state.ts";
import { checkRounds, countedOf, createSeenRounds, recordedOf, type SeenRounds } from "./rounds.ts";
import { isLate, OPERATED_TRANSITIONS, TRANSITIONS } from "./transitions.ts";
import { checkEnded, checkNotOverdue } from "./validity.ts";

const DAY_MS = 86_400_000;

/** What must hold in a world. Each function throws if something does not. */
export interface Invariants {
  /** After every action. */
  check(): void;
  /** When there is no fault and time has passed. */
  checkEnd(): void;
  /** After an hour in which nothing happened, since there were so many calls to Jumio. */
  checkQuiet(callsBefore: number): void;
}

/** What was seen of the writes so far. */
interface Seen {
  written: number;
  readonly lastStatus: Map<string, string>;
  /** How often each execution's status was written. */
  readonly settledWrites: Map<string, number>;
  readonly rounds: SeenRounds;
}

/** Creates the invariants of a world. They change nothing. */
export function createInvariants(state: ModelState): Invariants {
  const seen: Seen = {
    written: 0,
    lastStatus: new Map(),
    settledWrites: new Map(),
    rounds: createSeenRounds(),
  };
  const { shared, history, jumio } = state;
  return {
    check() {
      for (const write of history.written.slice(seen.written)) checkWrite(state, write, seen);
      seen.written = history.written.length;
      checkRounds(state, seen.rounds);
      checkSignIns(state);
      checkExecutions(state);
      checkLimit(state);
      checkPromises(state);
      checkJobCounts(shared);
    },
    checkQuiet(callsBefore) {
      const unfinished = jumio.executions.filter(({ completedAt }) => completedAt === undefined);
      const calls = jumio.calls.slice(callsBefore).filter(({ path }) => path !== "/oauth2/token");
      const each = state.isSkewed ? INSTANCES : 1; // both may make the same poll at once
      assert(calls.length <= each * unfinished.length, `${calls.length} calls in a quiet hour`);
    },
    checkEnd() {
      for (const identityId of history.promised) checkPerson(state, identityId);
      checkNotOverdue(state);
      for (const { key } of shared.rows.values()) {
        assert.notEqual(key[0], "dead_letter", "dead letter");
      }
    },
  };
}

function checkWrite(
  state: ModelState,
  { identityId, status, detail, executionId }: Written,
  seen: Seen,
): void {
  const { jumio, history: { operated, erasing, excuses, restarts } } = state;
  const before = seen.lastStatus.get(identityId) ?? "none";
  if (isLate(state, { identityId, before, status })) return;
  const transitions = operated.has(identityId) ? OPERATED_TRANSITIONS : TRANSITIONS;
  assert(transitions[before]?.includes(status), `${before} became ${status}`);
  checkEnded(state, { identityId, before, status, detail });
  seen.lastStatus.set(identityId, status);
  const execution = jumio.executions.find(({ id }) => id === executionId);
  if (executionId !== null) {
    assert.equal(execution?.userReference, identityId, "an execution is on another's identity");
  }
  // An erasure keeps the status and removes the execution.
  const isErasure = executionId === null && erasing.has(identityId);
  if (status === "pending" || isErasure) return;
  assert(
    detail === "validity_ended" || isTrue(state, { status, execution, identityId }),
    `the identity says ${status}, Jumio not`,
  );
  const key = `${executionId} ${status}`;
  const count = (seen.settledWrites.get(key) ?? 0) + 1;
  seen.settledWrites.set(key, count);
  const { lostPatches, publishedAgain } = excuses;
  // A rejection of an earlier round may come after a restart, and is written with its own time.
  const again = restarts.get(identityId) ?? 0;
  // Where clocks differ, a lease looks over to the other instance, and both write the same.
  const each = state.isSkewed ? INSTANCES : 1;
  // An operator can decide what was published before a stricter end of an older execution.
  const decided = operated.has(identityId) ? 1 : 0;
  const allowed = each * (1 + again + decided) + lostPatches + publishedAgain + countCrashes(state);
  assert(count <= allowed, "a verdict was written more than once");
}

/**
 * Nobody whose record is rejected signs in, except while KV is down, or while another program has made
 * the metadata `verified` and we have not written it again.
 */
function checkSignIns({ history: { signedIn } }: ModelState): void {
  for (const { status, isKvDown, isFalselyVerified } of signedIn.splice(0)) {
    const isExcused = isKvDown || isFalselyVerified;
    assert(status !== "rejected" || isExcused, "a rejected person signed in");
  }
}

function checkExecutions(state: ModelState): void {
  const { people, history: { excuses } } = state;
  const allowed = 1 + excuses.restarts + excuses.lostAnswers + countCrashes(state);
  for (const identityId of people) {
    const executions = executionsOf(state, identityId);
    assert(executions.length <= allowed, "there are more executions than needed");
    for (const [index, { createdAt }] of executions.entries()) {
      const seventh = executions[index + MAX_CREATES_A_DAY];
      const isTooSoon = seventh !== undefined && seventh.createdAt < createdAt + DAY_MS;
      assert(!isTooSoon, "a person has more executions in 24 hours than allowed");
    }
  }
}

function checkPromises({ shared, history: { promised, erasing } }: ModelState): void {
  for (const identityId of promised) {
    if (erasing.has(identityId)) continue;
    assert(readRow(shared, verificationKey(identityId)), "a promised start is not stored");
  }
}

/** In spite of crashes and conflicts, the sums must be exact. */
function checkJobCounts(shared: SharedRows): void {
  const keys = [...shared.rows.values()].map(({ key }) => key);
  for (const kind of JOB_KINDS) {
    const jobs = keys.filter(([row, ofKind]) => row === "job" && ofKind === kind.name);
    const sum = readRow<Sum>(shared, jobCountKey(kind))?.value ?? 0n;
    assert.equal(sum, BigInt(jobs.length), `the count of ${kind.name} jobs is wrong`);
  }
}

/** A dead instance may have died in the middle of something. */
function countCrashes({ instances, history: { excuses } }: ModelState): number {
  const dead = instances.filter(({ isDead }) => isDead).length;
  return excuses.crashes + excuses.stalls + excuses.kvOutages + dead;
}

/**
 * Whether Jumio says what a status means: of the execution on the identity that it expired, or of any
 * execution of the person what they were decided to be. Or an operator decided it in a review.
 */
function isTrue(
  state: ModelState,
  { status, execution, identityId }: {
    status: string;
    execution: SimulatedExecution | undefined;
    identityId: string;
  },
): boolean {
  if (status === "expired") return statusOf(execution) === "expired";
  const said = executionsOf(state, identityId).map(statusOf);
  const isDecided = said.includes("review") &&
    state.history.decisions.get(identityId)?.has(status);
  return said.includes(status) || isDecided === true;
}

/** Nothing of ours is left, and nothing on the identity leads to Jumio. */
function checkErased(state: ModelState, identityId: string): void {
  const { shared } = state;
  const tombstone = readRow<Tombstone>(shared, tombstoneKey(identityId));
  assert(tombstone !== null && tombstone.erasedAt !== null, "an erasure was not finished");
  assert.equal(readRow(shared, verificationKey(identityId)), null, "an erased record is back");
  const events = [...shared.rows.values()].map(({ key }) => key.map(String))
    .filter((key) => key[1] === NOTIFY.name && key.at(-1)?.startsWith(identityId));
  assert.deepEqual(events, [], "events of an erased identity are left");
  const { "account_id": account = null, "verification_url": link = null } = Object(
    metadataOf(state, identityId),
  );
  assert.deepEqual([account, link], [null, null], "an erased identity names an account");
}

function checkPerson(state: ModelState, identityId: string): void {
  const { shared, jumio, history: { erased, erasing, deleted } } = state;
  const verification = readRow<Verification>(shared, verificationKey(identityId));
  // An erasure whose answer was lost in a crash may have been stored.
  const isErased = erased.has(identityId) || (verification === null && erasing.has(identityId));
  if (isErased) return checkErased(state, identityId);
  const newest = jumio.executions.find(({ id }) => id === verification?.workflowExecutionId);
  // A hook for an identity that Ory does not know starts nothing.
  const isUnknown = deleted.has(identityId) && verification !== null &&
    verification.goneAt !== null;
  if (newest === undefined && isUnknown) return;
  assert(newest, "a promised start was not made");
  assert(verification);
  const status = verification.status;
  for (const { id, execution } of recordedOf(state, identityId)) {
    const said = jumio.executions.find((at) => at.id === id);
    const isFinished = said?.completedAt !== undefined;
    assert(!isFinished || execution.settled !== null, "a finished execution is not settled");
  }
  checkOutcome(state, { verification, newest });
  if (deleted.has(identityId) || status === "pending") return;
  const metadata = metadataOf(state, identityId);
  assert.equal(metadata["status"], status, "the verdict is not on its identity");
  assert.equal(metadata["workflow_execution_id"], newest.id);
}

/** Without a decision in its round, a person is as far as Jumio says of their newest execution. */
function checkOutcome(
  state: ModelState,
  { verification, newest }: { verification: Verification; newest: SimulatedExecution },
): void {
  const { round, status, isRestarting } = verification;
  const recorded = recordedOf(state, verification.identityId);
  const isOfRound = recorded.some(({ id, execution }) =>
    id === newest.id && execution.round === round
  );
  const isUndecided = countedOf(verification, recorded, state).sure.length === 0;
  if (isRestarting || !isOfRound || !isUndecided) return;
  assert.equal(status, statusOf(newest), "our record is not what Jumio says");
}

function metadataOf(state: ModelState, identityId: string): Record<string, unknown> {
  const identity = Object(storedIdentities(state).get(identityId));
  return Object(Object(identity["metadata_public"]).jumio);
}
