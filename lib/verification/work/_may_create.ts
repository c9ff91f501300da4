// SPDX-License-Identifier: Apache-2.0
import type { StartRun } from "./_started.ts";
import {
  type CreateCalls,
  createCallsKey,
  keptCalls,
  MAX_CREATES_A_DAY,
  nextCreateAt,
} from "../create_calls.ts";
import { START } from "../job_kinds.ts";
import { PAUSED_STARTS_KEY, type PausedStarts } from "../held_starts.ts";
import { type Breaker, breakerKey, isOpen, takeProbe } from "../../jobs/breaker.ts";
import type { Row, Write } from "../../kv/write.ts";

/** How long a start waits while starts are paused or the breaker is open. */
export const HOLD_MS = 60_000;

/** Spreads the probes of a long outage over everybody who waits. */
const PROBE_AGAIN_MS = 5 * 3_600_000;

/**
 * How long a start leaves the probe to others: a start that has failed itself, and one of a person who
 * had an execution before. Otherwise a few people whose starts always fail would keep the breaker
 * open for everybody.
 */
const FAILED_LATER_MS = 20_000;
const AGAIN_LATER_MS = 10_000;

/** A probe leaves its person one call of the day, to be started with when the outage is over. */
const MAX_CALLS_BEFORE_PROBE = MAX_CREATES_A_DAY - 2;

/** That a create call may be made now, and the rows that say so. */
export interface Permit {
  readonly kind: "permit";
  readonly calls: Row<CreateCalls>;
  readonly isProbe: boolean;
  /** Takes the breaker's probe, where this call is one. */
  readonly write: Write;
}

/** Why a start has to wait, and until when. */
export interface Hold {
  readonly kind: "hold";
  readonly reason: "starts_paused" | "create_limit" | "breaker_open";
  readonly until: number;
}

/** Decides whether a create call, which may cost money, may be made for this person now. */
export async function readPermit(
  { job, options: { store, now } }: StartRun,
): Promise<Permit | Hold> {
  const [paused, calls, breaker] = await store.getMany<[PausedStarts, CreateCalls, Breaker]>([
    PAUSED_STARTS_KEY,
    createCallsKey(job.id),
    breakerKey(START),
  ]);
  const at = now();
  const held = { kind: "hold", until: at + HOLD_MS } as const;
  if (paused.value !== null) return { ...held, reason: "starts_paused" };
  const until = nextCreateAt(calls.value, at);
  if (until !== undefined) return { kind: "hold", reason: "create_limit", until };
  if (!isOpen(breaker.value)) {
    return { kind: "permit", calls, isProbe: false, write: { checks: [paused] } };
  }
  if (!mayProbe(calls.value, at)) return { ...held, reason: "breaker_open" };
  const laterMs = probesLaterMs(job);
  const taken = takeProbe(breaker.value, { now: at, laterMs });
  if (taken === undefined) {
    return { kind: "hold", reason: "breaker_open", until: breaker.value.nextProbeAt + laterMs };
  }
  const write = {
    checks: [paused, breaker],
    sets: [{ key: breaker.key, value: taken }],
  };
  return { kind: "permit", calls, isProbe: true, write };
}

function probesLaterMs({ failures, data }: StartRun["job"]): number {
  if (failures > 0) return FAILED_LATER_MS;
  return data.replaces === undefined ? 0 : AGAIN_LATER_MS;
}

function mayProbe(calls: CreateCalls | null, now: number): boolean {
  return (calls?.probedAt ?? -Infinity) <= now - PROBE_AGAIN_MS &&
    keptCalls(calls, now).length <= MAX_CALLS_BEFORE_PROBE;
}
