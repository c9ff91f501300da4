// SPDX-License-Identifier: Apache-2.0
import { type CallbackToken, callbackTokenKey } from "../callback_token.ts";
import { type Execution, executionKey, settledKey, type Settlement } from "../executions.ts";
import { CHECK, type CheckData } from "../job_kinds.ts";
import { requestCalledBackCheck, storeCheckRequest } from "../requests.ts";
import type { FinalStatus } from "../verdict.ts";
import { callbackKey, type CallbackRecord } from "../../history/callbacks.ts";
import { recordEvent, TIMELINE_LIFETIME_MS } from "../../history/timeline.ts";
import { type Job, jobKey } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { updateRows } from "../../kv/update.ts";
import { mergeWrites, type Write } from "../../kv/write.ts";

/** What is used of a callback. */
export interface ReceivedCallback {
  readonly workflowExecutionId: string;
  readonly accountId: string;
  readonly status: FinalStatus;
  /** When it was sent. Null if the body has no legible time. */
  readonly sentAt: string | null;
  /** The token of its path, and the hash by which it was found. */
  readonly token: { readonly hash: string; readonly value: CallbackToken } | undefined;
  readonly now: number;
  readonly trace?: string | undefined;
}

/**
 * Stores a callback and the request for a check of its execution. One write does it, and it needs no
 * read. Only if that write is refused are the rows read, to find what the callback repeats.
 *
 * A repeat brings the check forward while the execution is not settled. A token that belongs to
 * another execution is refused.
 */
export async function acceptCallback(
  store: Store,
  callback: ReceivedCallback,
): Promise<"accepted" | "duplicate" | "other_execution"> {
  return await updateRows(store, {
    action: "store a callback",
    async build(attempt) {
      if (attempt > 1 && await acceptRepeat(store, callback)) return { outcome: "duplicate" };
      const opened = await openByToken(store, callback);
      if (opened === undefined) return { outcome: "other_execution" };
      return { write: mergeWrites(opened, storeCallback(callback)), outcome: "accepted" };
    },
  });
}

/**
 * Undefined if the token does not open the execution. Otherwise what must not change meanwhile.
 *
 * A token opens its own execution. Before Jumio has answered the create call, it opens one that has
 * no other token, and from then on only that one: a token whose create call was lost must not open
 * any number of invented executions.
 */
async function openByToken(
  store: Store,
  { workflowExecutionId, token, now }: ReceivedCallback,
): Promise<Write | undefined> {
  if (token === undefined) return {};
  const isOwn = (own: string | null) => own === workflowExecutionId ? {} : undefined;
  if (token.value.workflowExecutionId !== null) return isOwn(token.value.workflowExecutionId);
  const [execution, row] = await store.getMany<[Execution, CallbackToken]>([
    executionKey(workflowExecutionId),
    callbackTokenKey(token.hash),
  ]);
  // The start was recorded since the token was read.
  if (row.value === null || row.value.workflowExecutionId !== null) {
    return isOwn(row.value?.workflowExecutionId ?? null);
  }
  const isFree = execution.value === null || execution.value.identityId === null ||
    execution.value.callbackTokenHash === token.hash;
  if (!isFree) return undefined;
  const bound: CallbackToken = { ...row.value, workflowExecutionId };
  const expireInMs = row.value.expiresAt - now;
  return { checks: [execution, row], sets: [{ key: row.key, value: bound, expireInMs }] };
}

function storeCallback(callback: ReceivedCallback): Write {
  const { workflowExecutionId: id, status, sentAt, now, trace } = callback;
  const record: CallbackRecord = { v: 1, sentAt, receivedAt: now };
  const key = callbackKey(id, status);
  return mergeWrites(
    {
      checks: [{ key, versionstamp: null }, { key: settledKey(id), versionstamp: null }],
      sets: [{ key, value: record, expireInMs: TIMELINE_LIFETIME_MS }],
    },
    storeCheckRequest({ ...toCalledBack(callback), status, now, trace }),
  );
}

/** False if there is nothing that the callback repeats: a row has changed since the first write. */
async function acceptRepeat(store: Store, callback: ReceivedCallback): Promise<boolean> {
  const { workflowExecutionId: id, status, now, trace } = callback;
  const [{ value: settled }, { value: first }, job] = await store.getMany<
    [Settlement, CallbackRecord, Job<CheckData>]
  >([settledKey(id), callbackKey(id, status), jobKey(CHECK, id)]);
  // Nothing is recorded of an erased identity.
  if (settled?.outcome === "erased") return true;
  const at = first?.receivedAt ?? settled?.at;
  if (at === undefined) return false;
  const repeat = recordRepeat(id, { status, at, now });
  if (settled !== null) {
    await store.commit(repeat);
    return true;
  }
  const request = requestCalledBackCheck(job, { ...toCalledBack(callback), now, trace });
  // After a conflict the request is not needed: whatever changed the job is working on it.
  if (!await store.commit(mergeWrites(request, repeat))) await store.commit(repeat);
  return true;
}

function toCalledBack({ workflowExecutionId, accountId, token }: ReceivedCallback): {
  workflowExecutionId: string;
  accountId: string;
  expectedIdentityId: string | undefined;
} {
  return { workflowExecutionId, accountId, expectedIdentityId: token?.value.identityId };
}

/** One event for all repeats of a callback, beside that of the first. */
function recordRepeat(
  workflowExecutionId: string,
  { status, at, now }: { status: FinalStatus; at: number; now: number },
): Write {
  return recordEvent(workflowExecutionId, {
    at,
    event: "callback",
    details: { outcome: "duplicate", status, "last_at": now },
    collapsesAs: `repeat of ${status}`,
  });
}
