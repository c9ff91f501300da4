// SPDX-License-Identifier: Apache-2.0
import { closeDeadLetter, type DeadLetter, deadLetterKey } from "../jobs/dead_letters.ts";
import { readPause } from "../jobs/pause.ts";
import type { Operator } from "../history/operator_action.ts";
import type { Store } from "../kv/store.ts";
import { updateRows } from "../kv/update.ts";
import type { NotifyData } from "../verification/event.ts";
import { NOTIFY } from "../verification/job_kinds.ts";

/** The result for one page of dead letters of events. */
export interface ReplayedEvents {
  readonly lookedAt: number;
  readonly replayed: number;
  /** The last id of the page. Undefined on the last page. */
  readonly next: string | undefined;
}

/** Lets events be delivered again after the receiver answered 410. False if they were not paused. */
export async function resumeEvents(store: Store): Promise<boolean> {
  return await updateRows(store, {
    action: "resume the delivery of events",
    async build() {
      const pause = await readPause(store, NOTIFY);
      if (pause.value === null) return { outcome: false };
      return { write: { checks: [pause], deletes: [pause.key] }, outcome: true };
    },
  });
}

/** Delivers the events again that were given up and happened at `since` or later. One page of them. */
export async function replayEvents(
  store: Store,
  { since, after = "", limit, ...options }: {
    since: number;
    after: string | undefined;
    limit: number;
    operator: Operator;
    now: number;
    trace?: string | undefined;
  },
): Promise<ReplayedEvents> {
  const start = deadLetterKey(NOTIFY, `${after}\0`);
  const prefix = start.slice(0, -1);
  const rows = await store.list<DeadLetter<NotifyData>>({ prefix, start }, { limit });
  const letters = rows.flatMap(({ value }) => value === null ? [] : [value]);
  const wanted = letters.filter(({ data: { event } }) => Date.parse(event.timestamp) >= since);
  const closed = await Promise.all(
    wanted.map(({ id }) =>
      closeDeadLetter(store, { kind: NOTIFY, id, action: "replay", ...options })
    ),
  );
  return {
    lookedAt: rows.length,
    replayed: closed.filter(Boolean).length,
    next: rows.length === limit ? letters.at(-1)?.id : undefined,
  };
}
