import { callbackKey, type CallbackRecord } from "../../history/callbacks.ts";
import { type Job, jobKey, replaceJob } from "../../jobs/job.ts";
import { type CheckRequest, checkRequestKey, mergeCheckRequest } from "../../jobs/check_request.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Write } from "../../kv/write.ts";
import { recordEvent, TIMELINE_LIFETIME_MS } from "../../history/timeline.ts";
import type { FinalStatus } from "../verdict.ts";
import {
  type CallbackToken,
  type Execution,
  executionKey,
  settledKey,
  type Settlement,
} from "../rows.ts";

/** What is looked at of a callback. */
export interface ReceivedCallback {
  readonly workflowExecutionId: string;
  readonly accountId: string;
  readonly status: FinalStatus;
  /** When it was sent, where that is legible. */
  readonly sentAt: string | null;
  /** The token of its path, with the hash that it was found by. */
  readonly token: { readonly hash: string; readonly value: CallbackToken } | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** How often a write is tried again after another instance was faster. */
const ATTEMPTS = 10;

/**
 * Takes in a callback: its idempotency key and the wish to read the execution back, in one write
 * that needs no reading before it. Only where that write is refused is there something to look at.
 *
 * A repeat of one that is still worked on brings the reading forward. With a token, an execution
 * that is not the token's own is refused.
 *
 * @throws {Error} Where the rows keep changing: then there is a storm, or a bug.
 */
export async function acceptCallback(
  store: Store,
  callback: ReceivedCallback,
): Promise<"accepted" | "duplicate" | "other_execution"> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const opened = await openByToken(store, callback);
    if (opened === undefined) return "other_execution";
    if (await store.commit(mergeWrites(opened, takeIn(callback)))) return "accepted";
    if (await takeRepeat(store, callback)) return "duplicate";
  }
  throw new Error("Cannot take in a callback: the rows it needs keep changing");
}

/**
 * What must not change for the token to open the execution; undefined where it does not open it. A
 * token opens its own execution; before Jumio's answer, one that nobody else has been given.
 */
async function openByToken(
  store: Store,
  { workflowExecutionId, token }: ReceivedCallback,
): Promise<Write | undefined> {
  if (token === undefined) return {};
  const own = token.value.workflowExecutionId;
  if (own !== null) return own === workflowExecutionId ? {} : undefined;
  const execution = await store.get<Execution>(executionKey(workflowExecutionId));
  const isFree = execution.value === null || execution.value.identityId === null ||
    execution.value.callbackTokenHash === token.hash;
  return isFree ? { checks: [execution] } : undefined;
}

function takeIn(
  { workflowExecutionId: id, status, sentAt, now, ...callback }: ReceivedCallback,
): Write {
  const record: CallbackRecord = { v: 1, sentAt, receivedAt: now };
  const key = callbackKey(id, status);
  return {
    checks: [{ key, versionstamp: null }, { key: settledKey(id), versionstamp: null }],
    sets: [
      { key, value: record, expireInMs: TIMELINE_LIFETIME_MS },
      { key: checkRequestKey({ id, dueAt: now, status }), value: toRequest(callback) },
    ],
  };
}

/** False when there is nothing that it could be a repeat of: a row has changed in between. */
async function takeRepeat(
  store: Store,
  { workflowExecutionId: id, status, now, ...callback }: ReceivedCallback,
): Promise<boolean> {
  const [{ value: settled }, { value: first }, job] = await store.getMany<
    [Settlement, CallbackRecord, Job<"check">]
  >([settledKey(id), callbackKey(id, status), jobKey("check", id)]);
  // Of what was erased nothing is written down any more.
  if (settled?.outcome === "erased") return true;
  const at = first?.receivedAt ?? settled?.at;
  if (at === undefined) return false;
  const repeat = recordRepeat(id, { status, at, now });
  if (settled !== null) {
    await store.commit(repeat);
    return true;
  }
  const reading = mergeCheckRequest(job.value, toRequest(callback), { id, dueAt: now, now });
  // A repeat need not win: whoever changed the job meanwhile is at work on it.
  if (!await store.commit(mergeWrites(replaceJob(job, reading), repeat))) {
    await store.commit(repeat);
  }
  return true;
}

function toRequest(
  { accountId, token }: Pick<ReceivedCallback, "accountId" | "token">,
): CheckRequest {
  const expected = token && { expectedIdentityId: token.value.identityId };
  return { v: 1, accountId, ...expected };
}

/** One line for all repeats of a callback, beside the first one's. */
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
