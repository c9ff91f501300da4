import type { Store } from "../kv/store.ts";
import { FINAL_STATUSES, type FinalStatus } from "../verification/verdict.ts";

/**
 * A callback that was taken in: status and times, never the body. Its key makes the callback
 * idempotent, and the row is the callback's line in the timeline.
 */
export interface CallbackRecord {
  /** The form of the row. */
  readonly v: 1;
  /** When it was sent, where that is legible. */
  readonly sentAt: string | null;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** Where it is. The key names the effect, so that an early delivery cannot use up a later one's. */
export function callbackKey(workflowExecutionId: string, status: FinalStatus): Deno.KvKey {
  return ["callback", workflowExecutionId, status];
}

/** Lists the callbacks of an execution: at most one of each final status. */
export async function listCallbacks(
  store: Store,
  workflowExecutionId: string,
): Promise<{ status: string; record: CallbackRecord }[]> {
  const selector = { prefix: ["callback", workflowExecutionId] };
  const rows = await store.list<CallbackRecord>(selector, { limit: FINAL_STATUSES.length });
  return rows.flatMap(({ key, value }) =>
    value === null ? [] : [{ status: String(key[2]), record: value }]
  );
}
