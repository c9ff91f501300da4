import { type Job, jobKey, requestJob } from "./jobs.ts";
import { mergeWrites, type Store, type Write } from "./store.ts";
import { recordEvent } from "./timeline.ts";
import type { FinalStatus } from "./verdict.ts";
import { type CallbackToken, type Execution, executionKey } from "./verifications.ts";

/** A callback that was taken in: parsed ids, status and times, never the body. */
export interface AcceptedCallback {
  readonly v: 1;
  readonly sentAt: string | null;
  readonly receivedAt: number;
}

/** Long enough to know any repeat; a settled execution is known longer by its own row. */
const CALLBACK_LIFETIME_MS = 90 * 86_400_000;

/** How often a write is tried again after another instance was faster. */
const ATTEMPTS = 10;

/** The key names the effect, so that an early delivery cannot use up a later one's. */
function callbackKey(workflowExecutionId: string, status: FinalStatus): Deno.KvKey {
  return ["callback", workflowExecutionId, status];
}

/**
 * Takes in a callback: its idempotency key and the job to read the execution back, in one write.
 *
 * A repeat of one that is still worked on brings the reading forward. With a token, an execution
 * that is not the token's own is refused.
 */
export async function acceptCallback(
  store: Store,
  { workflowExecutionId, accountId, status, sentAt, token, now }: {
    workflowExecutionId: string;
    accountId: string;
    status: FinalStatus;
    sentAt: string | null;
    token: { readonly hash: string; readonly value: CallbackToken } | undefined;
    now: number;
  },
): Promise<"accepted" | "duplicate" | "other_execution"> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [execution, callback, job] = await store.getMany<
      [Execution, AcceptedCallback, Job<"read">]
    >([
      executionKey(workflowExecutionId),
      callbackKey(workflowExecutionId, status),
      jobKey("read", workflowExecutionId),
    ]);
    if (token !== undefined && !opens(token, execution.value)) return "other_execution";
    if (execution.value !== null && execution.value.settled !== null) {
      const { settled } = execution.value;
      // Of what was erased nothing is written down any more.
      if (settled.outcome === "erased") return "duplicate";
      const at = callback.value?.receivedAt ?? settled.at;
      await store.commit(recordRepeat(workflowExecutionId, { status, at, now }));
      return "duplicate";
    }
    const reading = requestJob(job, {
      kind: "read",
      id: workflowExecutionId,
      data: {
        accountId: execution.value?.accountId ?? accountId,
        isCalledBack: true,
        pollAfterMs: job.value?.data.pollAfterMs ?? 0,
        ...(token === undefined ? {} : { expectedIdentityId: token.value.identityId }),
      },
      dueAt: now,
      now,
    });
    if (callback.value !== null) {
      const at = callback.value.receivedAt;
      const repeat = recordRepeat(workflowExecutionId, { status, at, now });
      // A repeat need not win: whoever changed the job meanwhile is at work on it.
      if (!await store.commit(mergeWrites(reading, repeat))) await store.commit(repeat);
      return "duplicate";
    }
    const value: AcceptedCallback = { v: 1, sentAt, receivedAt: now };
    const taken = {
      checks: [execution, callback],
      sets: [{ key: callback.key, value, expireInMs: CALLBACK_LIFETIME_MS }],
    };
    const event = recordEvent(workflowExecutionId, {
      at: now,
      event: "callback",
      details: { outcome: "accepted", status },
    });
    if (await store.commit(mergeWrites(taken, reading, event))) return "accepted";
  }
  throw new Error("Cannot take in a callback: the rows it needs keep changing");
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

/** A token opens its own execution; before Jumio's answer, one that nobody else has been given. */
function opens(
  token: { readonly hash: string; readonly value: CallbackToken },
  execution: Execution | null,
): boolean {
  if (execution !== null) {
    const isForeign = execution.identityId === null;
    return isForeign || execution.callbackTokenHash === token.hash;
  }
  return token.value.workflowExecutionId === null;
}
