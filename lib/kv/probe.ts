// SPDX-License-Identifier: Apache-2.0
import type { Store } from "./store.ts";

/** How long a write that succeeded counts for everybody who asks. */
const FRESH_MS = 1_000;

/**
 * Creates a function that throws while KV cannot be written: a full disk, a locked or a deleted file
 * show only at a write. It writes one row again and again, at most once a second, however often it is
 * called.
 */
export function createProbe(
  store: Pick<Store, "commit">,
  { now, monotonic }: {
    now: () => number;
    /** Milliseconds of a clock that is never set. */
    monotonic: () => number;
  },
): () => Promise<void> {
  let last: { readonly at: number; readonly result: Promise<unknown> } | undefined;
  return async () => {
    if (last === undefined || monotonic() - last.at >= FRESH_MS) {
      const result = store.commit({ sets: [{ key: ["probe"], value: { v: 1, at: now() } }] });
      last = { at: monotonic(), result };
    }
    try {
      await last.result;
    } catch (error) {
      // The next caller sees at once that KV is back.
      last = undefined;
      throw error;
    }
  };
}
