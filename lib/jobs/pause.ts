// SPDX-License-Identifier: Apache-2.0
import type { JobKind } from "./kind.ts";
import type { Store } from "../kv/store.ts";
import type { Row, Write } from "../kv/write.ts";

/**
 * While this row exists, no instance claims a job of the kind. Its jobs stay as they are. A run that
 * has begun goes on.
 */
export interface Pause {
  readonly v: 1;
  readonly pausedAt: number;
  /** Why, in the words of the code that paused the kind. */
  readonly reason: string;
}

export function pauseKey({ name }: Pick<JobKind, "name">): Deno.KvKey {
  return ["pause", name];
}

export async function readPause(store: Store, kind: Pick<JobKind, "name">): Promise<Row<Pause>> {
  return await store.get<Pause>(pauseKey(kind));
}

/** Pauses a kind. To resume it, delete the row. */
export function pauseKind(
  kind: Pick<JobKind, "name">,
  { reason, now }: { reason: string; now: number },
): Write {
  const value: Pause = { v: 1, pausedAt: now, reason };
  return { sets: [{ key: pauseKey(kind), value }] };
}
