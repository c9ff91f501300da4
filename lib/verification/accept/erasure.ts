// SPDX-License-Identifier: Apache-2.0
import { callbackTokenKey } from "../callback_token.ts";
import { type Execution, executionLinkKey, listExecutions, saveSettled } from "../executions.ts";
import { ERASE, type EraseData, EXPIRE, PUBLISH, START, type StartData } from "../job_kinds.ts";
import { requestErase } from "../requests.ts";
import {
  statusIndexKey,
  type Tombstone,
  tombstoneKey,
  type Verification,
  verificationKey,
} from "../rows.ts";
import { withdrawExpiry } from "../validity.ts";
import { FINAL_STATUSES } from "../verdict.ts";
import { callbackKey } from "../../history/callbacks.ts";
import type { Operator } from "../../history/operator_action.ts";
import { type DeadLetter, deadLetterKey } from "../../jobs/dead_letters.ts";
import { deleteJob, isLeased, type Job, jobKey, readJob } from "../../jobs/job.ts";
import { deleteBadRows } from "../../kv/parsed_store.ts";
import type { Store } from "../../kv/store.ts";
import { updateRows } from "../../kv/update.ts";
import { mergeWrites, type Row, type Write } from "../../kv/write.ts";

interface ErasureOptions {
  readonly identityId: string;
  readonly operator: Operator;
  readonly now: number;
  readonly trace?: string | undefined;
}

/** An erasure of this identity that was requested before and is not done, as job or dead letter. */
interface Unfinished extends Pick<EraseData, "accountIds" | "left"> {
  readonly job: Row<Job<EraseData>>;
  /** Deletes the dead letter: the new request includes its accounts. */
  readonly closeLetter: Write;
}

/**
 * Accepts an operator's erasure of an identity. The write deletes our record at once, so that every
 * later hook, callback and job finds nothing to work on. The job does the rest.
 *
 * If a publication is under way, the job waits for its end. Otherwise it could put the ids back.
 */
export async function acceptErasure(store: Store, options: ErasureOptions): Promise<void> {
  await updateRows(store, {
    action: "store an erasure",
    build: async () => ({ write: await buildErasure(store, options), outcome: undefined }),
  });
}

/** Whether an erasure of this identity is not done, and the rows that say so. */
export async function readOpenErasure(
  store: Store,
  identityId: string,
): Promise<{ readonly isOpen: boolean; readonly checks: readonly Row<unknown>[] }> {
  const checks = await store.getMany<[Job<EraseData>, DeadLetter<EraseData>]>([
    jobKey(ERASE, identityId),
    deadLetterKey(ERASE, identityId),
  ]);
  return { isOpen: checks.some(({ value }) => value !== null), checks };
}

/** Requests the deletion of an account that Jumio created while its identity was being erased. */
export async function requestAccountErasure(
  store: Store,
  { identityId, accountId, now, trace }: {
    identityId: string;
    accountId: string;
    now: number;
    trace?: string | undefined;
  },
): Promise<Write> {
  const tombstone = await store.get<Tombstone>(tombstoneKey(identityId));
  if (tombstone.value === null) return {};
  const { job, left, closeLetter, ...unfinished } = await readUnfinished(store, identityId);
  const accountIds = [...new Set([...unfinished.accountIds, accountId])];
  const options = { identityId, accountIds, left, dueAt: now, now, trace };
  return mergeWrites(closeLetter, requestErase(job, options));
}

async function buildErasure(
  store: Store,
  { identityId, operator, now, trace }: ErasureOptions,
): Promise<Write> {
  const [verification, tombstone, publish, expire, start, letter, unfinished, executions] =
    await Promise.all([
      store.get<Verification>(verificationKey(identityId)),
      store.get<Tombstone>(tombstoneKey(identityId)),
      readJob(store, { kind: PUBLISH, id: identityId }),
      readJob(store, { kind: EXPIRE, id: identityId }),
      readJob(store, { kind: START, id: identityId }),
      store.get<DeadLetter<StartData>>(deadLetterKey(START, identityId)),
      readUnfinished(store, identityId),
      listExecutions(store, identityId),
    ]);
  const accountIds = [
    ...unfinished.accountIds,
    verification.value?.accountId,
    start.value?.data.made?.accountId,
    letter.value?.data.made?.accountId,
    ...executions.map(({ row }) => row.value?.accountId),
  ].flatMap((id) => id === undefined || id === null || id === "" ? [] : [id]);
  const isPublishing = publish.value !== null && isLeased(publish.value, now);
  const job = requestErase(unfinished.job, {
    identityId,
    accountIds: [...new Set(accountIds)],
    left: describeLeft(verification.value) ?? unfinished.left,
    dueAt: isPublishing ? publish.value.dueAt : now,
    now,
    trace,
  });
  const { name: by, secretId } = operator;
  const { sequence = 0 } = verification.value ?? tombstone.value ?? {};
  const value: Tombstone = { v: 1, requestedAt: now, by, secretId, erasedAt: null, sequence };
  const record = {
    checks: [verification, tombstone, publish],
    sets: [{ key: tombstone.key, value }],
    deletes: verification.value === null
      ? []
      : [verification.key, statusIndexKey(verification.value)],
  };
  const badRows = await deleteBadRows(store, [identityId, ...executions.map(({ id }) => id)]);
  const closed = executions.map(({ id, row }) => closeExecution(id, { row, now }));
  // A publication that waits for the renewal of a link has nothing left to write.
  const waiting = mergeWrites(isPublishing ? {} : deleteJob(publish), deleteJob(expire));
  // A start can wait for a day, and nobody could be started again as long as it exists.
  const isStarting = start.value !== null && isLeased(start.value, now);
  const held = isStarting ? {} : deleteJob(start);
  const end = verification.value === null ? {} : withdrawExpiry(verification.value);
  return mergeWrites(record, waiting, held, end, unfinished.closeLetter, job, badRows, ...closed);
}

async function readUnfinished(store: Store, identityId: string): Promise<Unfinished> {
  const [job, letter] = await Promise.all([
    readJob(store, { kind: ERASE, id: identityId }),
    store.get<DeadLetter<EraseData>>(deadLetterKey(ERASE, identityId)),
  ]);
  const data = [job.value?.data, letter.value?.data].filter((known) => known !== undefined);
  return {
    job,
    accountIds: data.flatMap(({ accountIds }) => accountIds),
    left: data.find(({ left }) => left !== null)?.left ?? null,
    closeLetter: { checks: [letter], deletes: letter.value === null ? [] : [letter.key] },
  };
}

/** Keeps of an execution only that it is settled, so that a late callback is known. */
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
    round: null,
    settled: { at: now, outcome: "erased", conclusion: null, verdict: null },
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

function describeLeft(verification: Verification | null): EraseData["left"] {
  if (verification === null) return null;
  const { status, verdict, initiatedAt, decidedAt, validUntil, detail } = verification;
  return { status, verdict, initiatedAt, decidedAt, validUntil, detail };
}
