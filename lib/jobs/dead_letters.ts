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

export function deadLetterKey(kind: Pick<JobKind, "name">, id: string): Deno.KvKey {
  return [...deadLetterPrefix(kind), id];
}

/** The prefix of a kind's dead letters, or of all. */
export function deadLetterPrefix(kind?: Pick<JobKind, "name">): Deno.KvKey {
  return kind === undefined ? ["dead_letter"] : ["dead_letter", kind.name];
}

/** Lists dead letters, one page at a time. */
export async function listDeadLetters(
  store: Store,
  { limit, after }: { limit: number; after?: { kind: JobKind; id: string } | undefined },
): Promise<{ letters: readonly DeadLetter[]; hasMore: boolean }> {
  const prefix = deadLetterPrefix();
  const start = after && deadLetterKey(after.kind, `${after.id}\0`);
  const selector = start === undefined ? { prefix } : { prefix, start };
  const rows = await store.list<DeadLetter>(selector, { limit: limit + 1 });
  const letters = rows.flatMap(({ value }) => value === null ? [] : [value]);
  return { letters: letters.slice(0, limit), hasMore: rows.length > limit };
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
