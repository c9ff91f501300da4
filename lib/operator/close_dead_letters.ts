// SPDX-License-Identifier: Apache-2.0
import type { Operator } from "../history/operator_action.ts";
import {
  closeDeadLetter,
  type DeadLetterFilter,
  type DeadLetterName,
  listDeadLetters,
} from "../jobs/dead_letters.ts";
import type { Store } from "../kv/store.ts";
import { findJobKind } from "../verification/job_kinds.ts";
import { isReplayable } from "./failure_reasons.ts";

/** What became of one page of dead letters. */
export interface ClosedLetters {
  readonly closed: number;
  /** They stay: {@linkcode isReplayable} says no. */
  readonly left: number;
  /** The next page begins after it. Undefined on the last page. */
  readonly next: DeadLetterName | undefined;
}

/**
 * Replays or discards one page of the dead letters that a filter means. A replay leaves those that
 * must not be replayed blindly, unless the filter names their reason.
 */
export async function closeDeadLetters(
  store: Store,
  { filter, after, limit, ...options }: {
    filter: DeadLetterFilter;
    after: DeadLetterName | undefined;
    limit: number;
    action: "replay" | "discard";
    operator: Operator;
    now: number;
    trace?: string | undefined;
  },
): Promise<ClosedLetters> {
  const { letters, hasMore, last } = await listDeadLetters(store, { limit, after, filter });
  const isBlind = options.action === "replay" && filter.reason === undefined;
  const wanted = isBlind ? letters.filter(isReplayable) : letters;
  const closed = await Promise.all(wanted.map(async ({ kind: name, id }) => {
    const kind = findJobKind(name);
    return kind !== undefined && await closeDeadLetter(store, { kind, id, ...options });
  }));
  const kind = last && findJobKind(last.kind);
  return {
    closed: closed.filter(Boolean).length,
    left: letters.length - wanted.length,
    next: hasMore && last !== undefined && kind !== undefined ? { kind, id: last.id } : undefined,
  };
}
