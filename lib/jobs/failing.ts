// SPDX-License-Identifier: Apache-2.0
import type { JobKind } from "./kind.ts";
import type { Store } from "../kv/store.ts";
import type { Write } from "../kv/write.ts";

/** Rows are read up to this number for each kind. */
const MAX_READ = 1_000;

/** Without a failure for this long the row goes. A job writes it again at its next failure. */
const LIFETIME_MS = 7 * 86_400_000;

/** Statuses by which an upstream says that it is busy, and not that the call is wrong. */
const BUSY_STATUSES = [408, 425, 429];

/** Why a job fails. */
export interface Failing {
  /** When the first failure in a row was. */
  readonly since: number;
  /** Of the last failure. */
  readonly reason: string;
  /** The HTTP status of the last failure. Null where there was no answer. */
  readonly status: number | null;
}

/** A failing job in the list of its kind. */
export interface FailingJob extends Failing {
  readonly id: string;
}

/** The prefix of a kind's failing jobs. Two more parts follow: since when, and the job's id. */
function failingPrefix({ name }: Pick<JobKind, "name">): Deno.KvKey {
  return ["failing_job", name];
}

/** What a job's failure now makes of its failures before. */
export function failWith(
  before: Failing | null,
  { reason, status = null, now }: {
    reason: string;
    status?: number | null | undefined;
    now: number;
  },
): Failing {
  return { since: before?.since ?? now, reason, status };
}

/** Keeps the list of failing jobs, as a part of the write that changes a job. */
export function listAsFailing(
  kind: Pick<JobKind, "name">,
  { id, before, after }: { id: string; before: Failing | null; after: Failing | null },
): Write {
  if (before === after) return {};
  const keyOf = ({ since }: Failing) => [...failingPrefix(kind), since, id];
  const isMoved = before !== null && before.since !== after?.since;
  return {
    deletes: isMoved ? [keyOf(before)] : [],
    sets: after === null ? [] : [{ key: keyOf(after), value: after, expireInMs: LIFETIME_MS }],
  };
}

/** Lists the failing jobs of a kind, the one that has failed longest first. Up to 1,000. */
export async function listFailing(
  store: Store,
  { kind }: { kind: Pick<JobKind, "name"> },
): Promise<{ jobs: readonly FailingJob[]; isMore: boolean }> {
  const prefix = failingPrefix(kind);
  const rows = await store.list<Failing>({ prefix }, { limit: MAX_READ + 1 });
  const jobs = rows.slice(0, MAX_READ).flatMap(({ key, value }) =>
    value === null ? [] : [{ ...value, id: String(key[3]) }]
  );
  return { jobs, isMore: rows.length > MAX_READ };
}

/**
 * Whether an upstream refuses the job: its last answer was a 4xx. A 404 that has a reason of its own
 * is none: right after an execution has ended, Jumio does not know its details yet.
 */
export function isRefused({ reason, status }: Pick<Failing, "reason" | "status">): boolean {
  if (!reason.endsWith("_status") || status === null) return false;
  return status >= 400 && status <= 499 && !BUSY_STATUSES.includes(status);
}
