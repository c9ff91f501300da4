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
  const taken = mayProbe(calls.value, at) ? takeProbe(breaker.value, at) : undefined;
  if (taken === undefined) return { ...held, reason: "breaker_open" };
  const write = {
    checks: [paused, breaker],
    sets: [{ key: breaker.key, value: taken }],
  };
  return { kind: "permit", calls, isProbe: true, write };
}

function mayProbe(calls: CreateCalls | null, now: number): boolean {
  return (calls?.probedAt ?? -Infinity) <= now - PROBE_AGAIN_MS &&
    keptCalls(calls, now).length <= MAX_CALLS_BEFORE_PROBE;
}
