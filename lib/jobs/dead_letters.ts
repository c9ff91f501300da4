import { type Update, updateRows } from "../kv/update.ts";
import { type DeadLetter, deadLetterKey } from "./result.ts";
import { type JobKind, readJob, requestJob } from "./job.ts";
import { type Operator, recordAction } from "../history/operator_action.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites } from "../kv/write.ts";

/** Lists dead letters, a page at a time. */
export async function listDeadLetters(
  store: Store,
  { limit, after }: { limit: number; after?: { kind: JobKind; id: string } | undefined },
): Promise<{ letters: readonly DeadLetter[]; hasMore: boolean }> {
  const prefix = ["dead_letter"];
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
 * Makes a job of a dead letter again, or throws it away: in one write, so that it is never both
 * there and at work, and never neither. False where there is none.
 */
export async function closeDeadLetter(
  store: Store,
  { kind, id, action, operator, now }: {
    kind: JobKind;
    id: string;
    action: "replay" | "discard";
    operator: Operator;
    now: number;
  },
): Promise<boolean> {
  return await updateRows(store, { action: `${action} a dead letter`, build });

  async function build(): Promise<Update<boolean>> {
    const [letter, job] = await Promise.all([
      store.get<DeadLetter>(deadLetterKey(kind, id)),
      readJob(store, { kind, id }),
    ]);
    if (letter.value === null) return { outcome: false };
    const { data, reason } = letter.value;
    // A job that has come into being meanwhile knows better.
    const again = { kind, id, data: job.value?.data ?? data, dueAt: now, now };
    const write = mergeWrites(
      { checks: [letter], deletes: [letter.key] },
      action === "replay" ? requestJob(job, again) : {},
      recordAction(id, { at: now, action, operator, details: { job: kind, reason } }),
    );
    return { write, outcome: true };
  }
}
