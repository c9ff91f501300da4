// SPDX-License-Identifier: Apache-2.0
import { deleteAnyJob } from "./_delete_job.ts";
import type { NotifyData } from "../event.ts";
import { NOTIFY } from "../job_kinds.ts";
import { type DeadLetter, deadLetterKey } from "../../jobs/dead_letters.ts";
import { type Job, jobKey } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";

/** No identity has more events that wait or were given up: its changes take executions. */
const MAX_EVENTS = 1_000;

/** Reads the job of the earliest event of an identity that waits before another one. */
export async function readEarlierEvent(
  store: Store,
  { identityId, before }: { identityId: string; before: string },
): Promise<Job<NotifyData> | null> {
  const selector = { ...selectEvents(jobKey, identityId), end: jobKey(NOTIFY, before) };
  const [earliest] = await store.list<Job<NotifyData>>(selector, { limit: 1 });
  return earliest?.value ?? null;
}

/**
 * Deletes an identity's events up to a number, whether they wait or were given up. A delivery that is
 * under way then writes nothing any more.
 */
export async function deleteEvents(
  store: Store,
  { identityId, upTo }: { identityId: string; upTo: number },
): Promise<void> {
  const limit = { limit: MAX_EVENTS };
  const [jobs, letters] = await Promise.all([
    store.list<Job<NotifyData>>(selectEvents(jobKey, identityId), limit),
    store.list<DeadLetter<NotifyData>>(selectEvents(deadLetterKey, identityId), limit),
  ]);
  const isOld = ({ event }: NotifyData) => event.data.sequence <= upTo;
  for (const { value } of jobs) {
    if (value !== null && isOld(value.data)) {
      await deleteAnyJob(store, { kind: NOTIFY, id: value.id });
    }
  }
  for (const { key, value } of letters) {
    if (value !== null && isOld(value.data)) await store.commit({ deletes: [key] });
  }
}

/** Selects the rows of an identity's events. `_` stands before the number, and `` ` `` follows it. */
function selectEvents(
  keyOf: (kind: typeof NOTIFY, id: string) => Deno.KvKey,
  identityId: string,
): { readonly start: Deno.KvKey; readonly end: Deno.KvKey } {
  return { start: keyOf(NOTIFY, `${identityId}_`), end: keyOf(NOTIFY, `${identityId}\``) };
}
