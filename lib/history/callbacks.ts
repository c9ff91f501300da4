// SPDX-License-Identifier: Apache-2.0
import type { Store } from "../kv/store.ts";

/** More than the final statuses of an execution, of which each has at most one row. */
const MAX_CALLBACKS = 20;

/**
 * An accepted callback: its times, but not its body. The key makes the callback idempotent, and the
 * row is the event of the callback in the timeline.
 */
export interface CallbackRecord {
  readonly v: 1;
  /** When Jumio sent it. Null where that cannot be read. */
  readonly sentAt: string | null;
  readonly receivedAt: number;
}

/**
 * The key of a callback: the execution and the final status that it reports. Two callbacks with the
 * same key are repeats; a callback with another status is not.
 */
export function callbackKey(workflowExecutionId: string, status: string): Deno.KvKey {
  return ["callback", workflowExecutionId, status];
}

/** Lists the accepted callbacks of an execution, at most one of each final status. */
export async function listCallbacks(
  store: Store,
  workflowExecutionId: string,
): Promise<{ status: string; record: CallbackRecord }[]> {
  const selector = { prefix: ["callback", workflowExecutionId] };
  const rows = await store.list<CallbackRecord>(selector, { limit: MAX_CALLBACKS });
  return rows.flatMap(({ key, value }) =>
    value === null ? [] : [{ status: String(key[2]), record: value }]
  );
}
