// SPDX-License-Identifier: Apache-2.0
import { callbackKey, type CallbackRecord } from "../lib/history/callbacks.ts";
import { createStore, type Store } from "../lib/kv/store.ts";
import { mergeWrites, type Write } from "../lib/kv/write.ts";
import { TIMELINE_LIFETIME_MS } from "../lib/history/timeline.ts";
import {
  createVerification,
  type Verification,
  verificationKey,
} from "../lib/verification/rows.ts";
import { saveSettled } from "../lib/verification/executions.ts";
import { startedExecution } from "./_product.ts";

const DAY_MS = 86_400_000;

/** Executions in one atomic write: at most four rows and a sum each, within KV's limits. */
const BATCH = 200;

/** One of so many executions is not finished, and has a poll in the queue. */
const UNFINISHED_ONE_IN = 10;

/** A store on a file, and its KV connection. */
export interface FilledStore extends Disposable {
  readonly store: Store;
  readonly kv: Deno.Kv;
}

/** A busy disk may take longer for one of the large writes than the service would wait. */
const FILL_DEADLINE_MS = 120_000;

/** Opens a KV file with that many executions, each of another person. Most are settled. */
export async function openFilledStore(
  path: string,
  { executions }: { executions: number },
): Promise<FilledStore> {
  const kv = await Deno.openKv(path);
  const open = () => Promise.resolve(kv);
  const filling = createStore({ open, deadlineMs: FILL_DEADLINE_MS });
  const now = Date.now();
  for (let done = 0; done < executions; done += BATCH) {
    const length = Math.min(BATCH, executions - done);
    const writes = Array.from(
      { length },
      (_, index) =>
        (done + index) % UNFINISHED_ONE_IN === 1
          ? underWay(crypto.randomUUID(), { pollAt: now + DAY_MS + done + index, now })
          : settled(crypto.randomUUID(), now),
    );
    await filling.commit(mergeWrites(...writes));
  }
  return { store: createStore({ open }), kv, [Symbol.dispose]: () => kv.close() };
}

/** An execution that waits for its callback or poll, with the record of its identity. */
export function underWay(
  id: string,
  { pollAt, isCalledBack = false, now }: { pollAt: number; isCalledBack?: boolean; now: number },
): Write {
  const ids = { workflowExecutionId: id, identityId: id, accountId: id };
  const verification: Verification = {
    ...createVerification(id, { now }),
    accountId: id,
    workflowExecutionId: id,
    initiatedAt: now,
  };
  return mergeWrites(startedExecution(ids, { pollAt, isCalledBack, now }), {
    sets: [{ key: verificationKey(id), value: verification }],
  });
}

function settled(id: string, now: number): Write {
  const verification: Verification = {
    ...createVerification(id, { now }),
    status: "verified",
    verdict: "PASSED",
    accountId: id,
    workflowExecutionId: id,
    initiatedAt: now,
    decidedAt: now,
  };
  const saved = saveSettled(id, {
    v: 1,
    identityId: id,
    accountId: id,
    callbackTokenHash: null,
    createdAt: now,
    round: 1,
    settled: { at: now, outcome: "applied", conclusion: "decided", verdict: "PASSED" },
  });
  const callback: CallbackRecord = { v: 1, sentAt: null, receivedAt: now };
  return {
    sets: [
      ...saved.sets ?? [],
      { key: verificationKey(id), value: verification },
      {
        key: callbackKey(id, "PROCESSED"),
        value: callback,
        expireInMs: TIMELINE_LIFETIME_MS,
      },
    ],
  };
}
