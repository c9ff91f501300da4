// SPDX-License-Identifier: Apache-2.0
import { START } from "./job_kinds.ts";
import { type Breaker, breakerKey } from "../jobs/breaker.ts";
import type { Store } from "../kv/store.ts";

/** That an operator has paused all starts: no new execution is made while this row exists. */
export interface PausedStarts {
  readonly v: 1;
  readonly at: number;
  readonly by: string;
  readonly secretId: string;
}

export const PAUSED_STARTS_KEY: Deno.KvKey = ["paused", "start"];

/** What holds all starts back, if anything does. */
export interface HeldStarts {
  readonly paused: PausedStarts | null;
  /** Since when the breaker is open. Null while it is closed. */
  readonly breakerOpenedAt: number | null;
}

export async function readHeldStarts(store: Store): Promise<HeldStarts> {
  const [paused, breaker] = await store.getMany<[PausedStarts, Breaker]>([
    PAUSED_STARTS_KEY,
    breakerKey(START),
  ]);
  return { paused: paused.value, breakerOpenedAt: breaker.value?.openedAt ?? null };
}
