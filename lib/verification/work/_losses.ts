// SPDX-License-Identifier: Apache-2.0
import type { Losses } from "../job_kinds.ts";
import { recordEvent } from "../../history/timeline.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { Write } from "../../kv/write.ts";
import type { Log } from "../../log.ts";

/** A settings submission that began before our write is over by then. */
const CONFIRM_AFTER_MS = 60_000;

/** From this loss on, an operator has to know: another program fights back, or Ory stores nothing. */
const ALARMING_LOSSES = 3;

/** As each wait is twice as long as the one before, this one comes after an hour. */
const MAX_LOSSES = 6;

/** Why a job failed, or was given up, whose writes do not stay on the identity. */
export const OVERWRITTEN = "identity_overwritten";

/** When to read an identity that has just been written. */
export function confirmAt(losses: Losses | undefined, { now }: { now: number }): number {
  return now + CONFIRM_AFTER_MS * 2 ** (losses?.count ?? 0);
}

/** Counts and reports that an identity lost what was written to it. */
export function countLoss(
  previous: Losses | undefined,
  { identityId, now, log }: { identityId: string; now: number; log: Log },
): Losses {
  const losses = { count: (previous?.count ?? 0) + 1, since: previous?.since ?? now };
  const { count } = losses;
  if (count < ALARMING_LOSSES) log.warn("An identity lost what was written to it", { identityId });
  else log.error("An identity keeps losing what is written to it", { identityId, losses: count });
  return losses;
}

/** The end of a job that has lost too much. Undefined before. A replay begins with these data. */
export function concludeLosses<Data>(
  { count: failures }: Losses,
  data: Data,
): JobResult<Data> | undefined {
  return failures < MAX_LOSSES ? undefined : { kind: "dead", reason: OVERWRITTEN, data, failures };
}

/** Records all losses in a row as one event. */
export function recordLosses(
  { count, since }: Losses,
  { identityId, now }: { identityId: string; now: number },
): Write {
  return recordEvent(identityId, {
    at: since,
    event: "confirm",
    details: { outcome: "lost", losses: count, "last_at": now },
    collapsesAs: "losses",
  });
}
