import { callbackKey } from "../../history/callbacks.ts";
import { updateRows } from "../../kv/update.ts";
import { type DeadLetter, deadLetterKey } from "../../jobs/result.ts";
import {
  deleteJob,
  isLeased,
  type Job,
  type JobData,
  readJob,
  requestJob,
} from "../../jobs/job.ts";
import type { Operator } from "../../history/operator_action.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Row, type Write } from "../../kv/write.ts";
import { FINAL_STATUSES } from "../verdict.ts";
import {
  callbackTokenKey,
  type Execution,
  executionKey,
  executionLinkKey,
  identityExecutionKey,
  saveSettled,
  statusIndexKey,
  type Verification,
  verificationKey,
} from "../rows.ts";

/** That an identity was erased: when and by whom, and nothing else. */
export interface Tombstone {
  readonly v: 1;
  readonly requestedAt: number;
  readonly by: string;
  readonly secretId: string;
  /** Null while the job is at work on it. */
  readonly erasedAt: number | null;
}

/** More executions than this has nobody; one write holds as many. */
const MAX_EXECUTIONS = 100;

/** Where an identity's tombstone stands. */
export function tombstoneKey(identityId: string): Deno.KvKey {
  return ["tombstone", identityId];
}

/** Lists the executions of an identity that we have a row of, the newest first. */
export async function listExecutions(
  store: Store,
  identityId: string,
): Promise<{ id: string; row: Row<Execution> }[]> {
  const listed = await store.list(
    { prefix: identityExecutionKey(identityId) },
    { limit: MAX_EXECUTIONS, reverse: true },
  );
  return await Promise.all(listed.map(async ({ key }) => {
    const id = String(key[3]);
    return { id, row: await store.get<Execution>(executionKey(id)) };
  }));
}

/**
 * Takes in an operator's wish that an identity be forgotten, in one write that at once makes our
 * record of it unusable: whatever hook, callback or job comes after it finds nothing to work on.
 *
 * The job does the rest. It waits for a write of the identity that is under way at this moment, so
 * that none puts the ids back after it.
 */
export async function acceptErasure(
  store: Store,
  { identityId, operator, now }: { identityId: string; operator: Operator; now: number },
): Promise<void> {
  await updateRows(store, {
    action: "store an erasure",
    build: async () => ({
      write: await buildErasure(store, { identityId, operator, now }),
      outcome: undefined,
    }),
  });
}

async function buildErasure(
  store: Store,
  { identityId, operator, now }: { identityId: string; operator: Operator; now: number },
): Promise<Write> {
  const [verification, tombstone, writing, unfinished, executions] = await Promise.all([
    store.get<Verification>(verificationKey(identityId)),
    store.get<Tombstone>(tombstoneKey(identityId)),
    readJob(store, { kind: "publish", id: identityId }),
    readUnfinished(store, identityId),
    listExecutions(store, identityId),
  ]);
  const accountIds = [
    ...unfinished.accountIds,
    verification.value?.accountId,
    ...executions.map(({ row }) => row.value?.accountId),
  ].flatMap((id) => id === undefined || id === null || id === "" ? [] : [id]);
  const isWriting = writing.value !== null && isLeased(writing.value, now);
  const job = requestJob(unfinished.job, {
    kind: "erase",
    id: identityId,
    data: {
      accountIds: [...new Set(accountIds)],
      left: describeLeft(verification.value) ?? unfinished.left,
      isConfirmation: false,
    },
    dueAt: isWriting ? writing.value.dueAt : now,
    now,
  });
  const { name: by, secretId } = operator;
  const value: Tombstone = { v: 1, requestedAt: now, by, secretId, erasedAt: null };
  const forgotten = {
    checks: [verification, tombstone, writing],
    sets: [{ key: tombstone.key, value }],
    deletes: verification.value === null
      ? []
      : [verification.key, statusIndexKey(verification.value)],
  };
  const closed = executions.map(({ id, row }) => closeExecution(id, { row, now }));
  // One that waits, perhaps for weeks, to renew a link has nothing left to write.
  const resting = isWriting ? {} : deleteJob(writing);
  return mergeWrites(forgotten, resting, unfinished.takeLetter, job, ...closed);
}

/** Has an account deleted that Jumio made while its identity was being erased. */
export async function requestErasure(
  store: Store,
  { id, accountId, now }: { id: string; accountId: string; now: number },
): Promise<Write> {
  const tombstone = await store.get<Tombstone>(tombstoneKey(id));
  if (tombstone.value === null) return {};
  const { job, left, takeLetter, ...unfinished } = await readUnfinished(store, id);
  const accountIds = [...new Set([...unfinished.accountIds, accountId])];
  const data = { left, isConfirmation: false, accountIds };
  return mergeWrites(takeLetter, requestJob(job, { kind: "erase", id, data, dueAt: now, now }));
}

/** What an erasure before this one has left to do, as a job or as a dead letter. */
async function readUnfinished(
  store: Store,
  id: string,
): Promise<
  { job: Row<Job<"erase">>; takeLetter: Write } & Omit<JobData["erase"], "isConfirmation">
> {
  const [job, letter] = await Promise.all([
    readJob(store, { kind: "erase", id }),
    store.get<DeadLetter<"erase">>(deadLetterKey("erase", id)),
  ]);
  const data = [job.value?.data, letter.value?.data].filter((known) => known !== undefined);
  return {
    job,
    accountIds: data.flatMap(({ accountIds }) => accountIds),
    left: data.find(({ left }) => left !== null)?.left ?? null,
    takeLetter: { checks: [letter], deletes: letter.value === null ? [] : [letter.key] },
  };
}

/** Leaves of an execution that its id names nothing any more, so that a late callback is known. */
function closeExecution(
  workflowExecutionId: string,
  { row, now }: { row: Row<Execution>; now: number },
): Write {
  const closed = saveSettled(workflowExecutionId, {
    v: 1,
    identityId: null,
    accountId: "",
    callbackTokenHash: null,
    createdAt: now,
    settled: { at: now, outcome: "erased", conclusion: null },
  });
  const tokenHash = row.value?.callbackTokenHash ?? null;
  return mergeWrites(closed, {
    deletes: [
      executionLinkKey(workflowExecutionId),
      ...FINAL_STATUSES.map((status) => callbackKey(workflowExecutionId, status)),
      ...(tokenHash === null ? [] : [callbackTokenKey(tokenHash)]),
    ],
  });
}

function describeLeft(verification: Verification | null): JobData["erase"]["left"] {
  if (verification === null) return null;
  const { status, verdict, initiatedAt, decidedAt } = verification;
  return { status, verdict, initiatedAt, decidedAt };
}
