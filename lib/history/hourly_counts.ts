import type { Store } from "../kv/store.ts";
import type { Sum, Write } from "../kv/write.ts";

/** What is counted by the hour. */
export const COUNT_NAMES = [
  "starts",
  "verified",
  "review",
  "rejected",
  "expired",
  "inconclusive",
  "dead_letters",
  "jumio_failures",
  "kratos_failures",
] as const;

export type CountName = typeof COUNT_NAMES[number];

/** The figures of one hour. */
export interface HourCounts {
  /** When the hour begins, in milliseconds since the epoch. */
  readonly startsAt: number;
  readonly counts: Readonly<Record<CountName, number>>;
}

const HOUR_MS = 3_600_000;

/** Five weeks: this month beside the last one. */
const KEPT_HOURS = 35 * 24;

/** How many rows are cleared away at once. */
const FORGET_BATCH = 500;

/**
 * Counts one, as a part of the write that it counts: the figures are exact.
 *
 * A sum has no check, so instances that count at once do not hinder each other.
 */
export function countOne(name: CountName, now: number): Write {
  return { sums: [{ key: ["count", toHour(now), name], amount: 1 }] };
}

/** Reads the last hours, the oldest first and the present one last. The cost is that of the hours. */
export async function readCounts(
  store: Store,
  { now, hours }: { now: number; hours: number },
): Promise<readonly HourCounts[]> {
  const first = toHour(now) - hours + 1;
  const rows = await store.list<Sum>(
    { start: ["count", first], end: ["count", first + hours] },
    { limit: hours * COUNT_NAMES.length },
  );
  const byHour = Array.from({ length: hours }, () => noCounts());
  for (const { key: [, hour, name], value } of rows) {
    const counts = byHour[Number(hour) - first];
    const known = COUNT_NAMES.find((counted) => counted === name);
    if (counts !== undefined && known !== undefined) counts[known] = Number(value?.value ?? 0);
  }
  return byHour.map((counts, index) => ({ startsAt: (first + index) * HOUR_MS, counts }));
}

/** Adds up hours. */
export function sumCounts(hours: readonly HourCounts[]): Record<CountName, number> {
  const total = noCounts();
  for (const { counts } of hours) {
    for (const name of COUNT_NAMES) total[name] += counts[name];
  }
  return total;
}

/** Clears away what is older than five weeks. KV lets no sum expire by itself. */
export async function forgetOldCounts(store: Store, now: number): Promise<void> {
  const old = { start: ["count"], end: ["count", toHour(now) - KEPT_HOURS] };
  for (;;) {
    const rows = await store.list(old, { limit: FORGET_BATCH });
    if (rows.length > 0) await store.commit({ deletes: rows.map(({ key }) => key) });
    if (rows.length < FORGET_BATCH) return;
  }
}

function toHour(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

function noCounts(): Record<CountName, number> {
  return {
    "starts": 0,
    "verified": 0,
    "review": 0,
    "rejected": 0,
    "expired": 0,
    "inconclusive": 0,
    "dead_letters": 0,
    "jumio_failures": 0,
    "kratos_failures": 0,
  };
}
