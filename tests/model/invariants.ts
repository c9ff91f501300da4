import assert from "node:assert/strict";
import { JOB_KINDS } from "../../lib/verification/job_kinds.ts";
import { type Execution, executionKey } from "../../lib/verification/executions.ts";
import { jobCountKey } from "../../lib/jobs/job.ts";
import type { Row, Sum } from "../../lib/kv/write.ts";
import { decide } from "../../lib/verification/verdict.ts";
import {
  type Tombstone,
  tombstoneKey,
  type Verification,
  verificationKey,
} from "../../lib/verification/rows.ts";
import type {
  JumioSimulator,
  SimulatedExecution,
} from "../../sandbox/simulators/jumio/simulator.ts";
import type { KratosSimulator } from "../../sandbox/simulators/kratos/simulator.ts";
import type { SharedRows } from "../support/model_store.ts";
import type { History } from "./history.ts";
import { OPERATED_TRANSITIONS, TRANSITIONS } from "./transitions.ts";

/** What must be so in a world. Each throws where it is not. */
export interface Invariants {
  /** After every action. */
  check(): void;
  /** When the world is healthy and time has run. */
  checkEnd(): void;
  /** Of the calls to Jumio since there were so many, in an hour in which nothing happens. */
  checkQuiet(callsBefore: number): void;
}

/** Creates the invariants of a world. They look, and change nothing. */
export function createInvariants(
  { jumio, kratos, shared, people, history, countDead }: {
    jumio: JumioSimulator;
    kratos: KratosSimulator;
    shared: SharedRows;
    people: readonly string[];
    history: History;
    /** How many instances are dead: each may have died in the midst of something. */
    countDead: () => number;
  },
): Invariants {
  const { written, promised, deleted, operated, erasing, erased, decisions, excuses } = history;
  let checked = 0;
  const lastStatus = new Map<string, string>();
  const settledWrites = new Map<string, number>();

  function check(): void {
    const crashes = excuses.crashes + excuses.stalls + excuses.kvOutages + countDead();
    for (const { identityId, status, executionId } of written.slice(checked)) {
      const before = lastStatus.get(identityId) ?? "none";
      const transitions = operated.has(identityId) ? OPERATED_TRANSITIONS : TRANSITIONS;
      assert(transitions[before]?.includes(status), `${before} became ${status}`);
      lastStatus.set(identityId, status);
      const execution = jumio.executions.find(({ id }) => id === executionId);
      if (executionId !== null) {
        assert.equal(execution?.userReference, identityId, "an execution is on another's identity");
      }
      // An erasure leaves the status, and takes the execution away.
      const isErasure = executionId === null && erasing.has(identityId);
      if (status !== "pending" && !isErasure) {
        const truth = statusOf(execution);
        assert(
          isTrue(status, { truth, identityId }),
          `the identity says ${status}, Jumio ${truth}`,
        );
        const key = `${executionId} ${status}`;
        const count = (settledWrites.get(key) ?? 0) + 1;
        settledWrites.set(key, count);
        assert(count <= 1 + excuses.lostPatches + crashes, "a verdict was written more than once");
      }
    }
    checked = written.length;
    for (const identityId of people) {
      const most = 1 + excuses.restarts + excuses.lostAnswers + crashes;
      assert(executionsOf(identityId).length <= most, "there are executions that nobody needs");
    }
    for (const identityId of promised) {
      if (erasing.has(identityId)) continue;
      assert(readRow<Verification>(verificationKey(identityId)), "a promised start is not stored");
    }
    checkJobCounts();
  }

  /** Whatever crash or race there was: the sums are those of the rows, and never only nearly. */
  function checkJobCounts(): void {
    const keys = [...shared.rows.values()].map(({ key }) => key);
    for (const kind of JOB_KINDS) {
      const jobs = keys.filter(([row, ofKind]) => row === "job" && ofKind === kind.name);
      const sum = readRow<Sum>(jobCountKey(kind))?.value ?? 0n;
      assert.equal(sum, BigInt(jobs.length), `the count of ${kind.name} jobs is wrong`);
    }
  }

  /** Jumio's word, or in a review that of an operator. */
  function isTrue(
    status: string | undefined,
    { truth, identityId }: { truth: string; identityId: string },
  ): boolean {
    const isDecided = truth === "review" && decisions.get(identityId)?.has(status ?? "");
    return status === truth || isDecided === true;
  }

  function executionsOf(identityId: string): SimulatedExecution[] {
    return jumio.executions.filter(({ userReference }) => userReference === identityId);
  }

  function readRow<Value>(key: Deno.KvKey): Value | null {
    // As with a store, the reader names the type of what the service has written.
    const row = shared.rows.get(JSON.stringify(key)) as Row<Value> | undefined;
    return row?.value ?? null;
  }

  function checkQuiet(callsBefore: number): void {
    const unfinished = jumio.executions.filter(({ completedAt }) => completedAt === undefined);
    const calls = jumio.calls.slice(callsBefore).filter(({ path }) => path !== "/oauth2/token");
    assert(calls.length <= unfinished.length, `${calls.length} calls to Jumio in a quiet hour`);
  }

  /** Nothing of ours is left, and nothing on the identity that leads to Jumio. */
  function checkErased(identityId: string): void {
    const tombstone = readRow<Tombstone>(tombstoneKey(identityId));
    assert(tombstone !== null && tombstone.erasedAt !== null, "an erasure was not finished");
    assert.equal(readRow(verificationKey(identityId)), null, "an erased record is back");
    const { jumio } = Object(kratos.identities.get(identityId)?.["metadata_public"]);
    const { "account_id": account = null, "verification_url": link = null } = Object(jumio);
    assert.deepEqual([account, link], [null, null], "an erased identity names an account");
  }

  function checkPerson(identityId: string): void {
    if (erased.has(identityId)) return checkErased(identityId);
    const verification = readRow<Verification>(verificationKey(identityId));
    // An erasure whose answer was lost in a crash may have been taken in.
    if (verification === null && erasing.has(identityId)) return checkErased(identityId);
    const newest = jumio.executions.find(({ id }) => id === verification?.workflowExecutionId);
    assert(newest, "a promised start was not made");
    if (newest.completedAt !== undefined) {
      const settled = readRow<Execution>(executionKey(newest.id))?.settled;
      assert(settled, "a finished execution is not settled");
    }
    const truth = statusOf(newest);
    const status = verification?.status;
    assert(isTrue(status, { truth, identityId }), "our record is not what Jumio says");
    if (deleted.has(identityId)) return;
    const metadata = Object(kratos.identities.get(identityId)?.["metadata_public"]);
    if (truth !== "pending") {
      assert.equal(Object(metadata.jumio).status, status, "the verdict is not on its identity");
      assert.equal(Object(metadata.jumio)["workflow_execution_id"], newest.id);
    }
  }

  return {
    check,
    checkQuiet,
    checkEnd() {
      for (const identityId of promised) checkPerson(identityId);
      for (const { key } of shared.rows.values()) {
        assert.notEqual(key[0], "dead_letter", "dead letter");
      }
    },
  };
}

/** What an execution of Jumio's means for its identity. */
function statusOf(execution: SimulatedExecution | undefined): string {
  const status = execution?.status ?? "";
  const conclusion = decide({ status, decision: execution?.decision?.type }, {
    warningStatus: "review",
  });
  switch (conclusion.kind) {
    case "decided":
      return conclusion.status;
    case "expired":
      return "expired";
    default:
      return "pending";
  }
}
