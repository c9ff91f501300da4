// SPDX-License-Identifier: Apache-2.0
import { updateRows } from "../kv/update.ts";
import { bringForward, readJob, requestJob } from "./job.ts";
import { type JobKind, subjectOf } from "./kind.ts";
import { type Operator, recordAction } from "../history/operator_action.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites } from "../kv/write.ts";

/** A job that is not tried again. A person decides what becomes of it. */
export interface DeadLetter<Data = unknown> {
  readonly v: 1;
  /** The name of the job's kind. */
  readonly kind: string;
  readonly id: string;
  readonly data: Data;
  /** Why the job was given up. */
  readonly reason: string;
  /** The HTTP status of the last failure. Missing where there was no answer. */
  readonly status?: number;
  readonly failures: number;
  readonly deadAt: number;
}

/** How many rows a filtered page reads at most. */
const MAX_FILTERED = 1_000;

export function deadLetterKey(kind: Pick<JobKind, "name">, id: string): Deno.KvKey {
  return [...deadLetterPrefix(kind), id];
}

/** The prefix of a kind's dead letters, or of all. */
export function deadLetterPrefix(kind?: Pick<JobKind, "name">): Deno.KvKey {
  return kind === undefined ? ["dead_letter"] : ["dead_letter", kind.name];
}

/** Names a dead letter. In a list it is a place, after which a page begins. */
export interface DeadLetterName {
  readonly kind: JobKind;
  readonly id: string;
}

/** Which dead letters are meant. What is not set leaves out none. */
export interface DeadLetterFilter {
  readonly kind?: JobKind | undefined;
  readonly reason?: string | undefined;
  /** Given up at this time or later. */
  readonly since?: number | undefined;
}

/**
 * Lists dead letters, one page at a time, in the order of kind and id. A page reads up to 1,000 rows
 * to find those that the filter leaves. So it can have fewer than `limit`, and there are more after
 * it as long as `hasMore` is true: the next page begins after `last`.
 */
export async function listDeadLetters(
  store: Store,
  { limit, after, filter = {} }: {
    limit: number;
    after?: DeadLetterName | undefined;
    filter?: DeadLetterFilter;
  },
): Promise<{ letters: readonly DeadLetter[]; hasMore: boolean; last: DeadLetter | undefined }> {
  const prefix = deadLetterPrefix(filter.kind);
  const start = after && deadLetterKey(after.kind, `${after.id}\0`);
  const selector = start === undefined ? { prefix } : { prefix, start };
  const isFiltered = filter.reason !== undefined || filter.since !== undefined;
  const maxRead = isFiltered ? Math.max(limit, MAX_FILTERED) : limit;
  const rows = await store.list<DeadLetter>(selector, { limit: maxRead + 1 });
  const found = rows.slice(0, maxRead).flatMap(({ value }) => value === null ? [] : [value]);
  const matching = found.filter((letter) => isMeant(letter, filter));
  const letters = matching.slice(0, limit);
  // A page that is full ends with its last letter, any other with the last row that was read.
  const isFull = matching.length > limit;
  const last = isFull ? letters.at(-1) : found.at(-1);
  return { letters, hasMore: isFull || rows.length > maxRead, last };
}

function isMeant({ reason, deadAt }: DeadLetter, filter: DeadLetterFilter): boolean {
  return (filter.reason ?? reason) === reason && (filter.since ?? deadAt) <= deadAt;
}

export async function readDeadLetter(
  store: Store,
  { kind, id }: { kind: JobKind; id: string },
): Promise<DeadLetter | null> {
  return (await store.get<DeadLetter>(deadLetterKey(kind, id))).value;
}

/**
 * Turns a dead letter into a job again, or discards it. One write does it, so that the work is never
 * both a dead letter and a job, and never neither. False where there is no such dead letter.
 */
export async function closeDeadLetter(
  store: Store,
  { kind, id, action, operator, now, trace }: {
    kind: JobKind;
    id: string;
    action: "replay" | "discard";
    operator: Operator;
    now: number;
    trace?: string | undefined;
  },
): Promise<boolean> {
  return await updateRows(store, {
    action: "close a dead letter",
    async build() {
      const [letter, job] = await Promise.all([
        store.get<DeadLetter>(deadLetterKey(kind, id)),
        readJob(store, { kind, id }),
      ]);
      if (letter.value === null) return { outcome: false };
      const { data, reason } = letter.value;
      // A job that was created since then has newer data.
      const replay = job.value === null
        ? requestJob(job, { kind, id, data, dueAt: now, now, trace })
        : bringForward(job, { kind, dueAt: now, now, trace });
      const write = mergeWrites(
        { checks: [letter], deletes: [letter.key] },
        action === "replay" ? replay : {},
        recordAction(subjectOf(kind, id), {
          at: now,
          action,
          operator,
          details: { job: kind.name, reason },
        }),
      );
      return { write, outcome: true };
    },
  });
}
