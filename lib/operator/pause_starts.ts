// SPDX-License-Identifier: Apache-2.0
import { type Operator, recordAction } from "../history/operator_action.ts";
import type { Store } from "../kv/store.ts";
import { updateRows } from "../kv/update.ts";
import { mergeWrites } from "../kv/write.ts";
import { PAUSED_STARTS_KEY, type PausedStarts } from "../verification/held_starts.ts";

/** The subject of the timeline that has each pause and its end. */
export const STARTS_SUBJECT = "starts";

interface Change {
  readonly operator: Operator;
  readonly now: number;
}

/** Pauses all starts: no new execution is made at Jumio. False if they were paused before. */
export async function pauseStarts(
  store: Store,
  { operator, now }: Change,
): Promise<boolean> {
  return await updateRows(store, {
    action: "pause all starts",
    async build() {
      const row = await store.get<PausedStarts>(PAUSED_STARTS_KEY);
      if (row.value !== null) return { outcome: false };
      const { name: by, secretId } = operator;
      const value: PausedStarts = { v: 1, at: now, by, secretId };
      const write = mergeWrites(
        { checks: [row], sets: [{ key: row.key, value }] },
        recordAction(STARTS_SUBJECT, { at: now, action: "pause_starts", operator }),
      );
      return { write, outcome: true };
    },
  });
}

/** Lets starts go on, each within a minute. False if they were not paused. */
export async function resumeStarts(
  store: Store,
  { operator, now }: Change,
): Promise<boolean> {
  return await updateRows(store, {
    action: "resume all starts",
    async build() {
      const row = await store.get<PausedStarts>(PAUSED_STARTS_KEY);
      if (row.value === null) return { outcome: false };
      const write = mergeWrites(
        { checks: [row], deletes: [row.key] },
        recordAction(STARTS_SUBJECT, { at: now, action: "resume_starts", operator }),
      );
      return { write, outcome: true };
    },
  });
}
