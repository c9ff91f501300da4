// SPDX-License-Identifier: Apache-2.0
import type { Store } from "../kv/store.ts";
import type { Sum, Write } from "../kv/write.ts";

/** What is counted in each hour. */
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
  "receiver_failures",
] as const;

export type CountName = typeof COUNT_NAMES[number];

export interface HourCounts {
  /** The beginning of the hour. */
  readonly startsAt: number;
  readonly counts: Readonly<Record<CountName, number>>;
}

const HOUR_MS = 3_600_000;

/** Five weeks, so that this month can be compared with the last one. */
const KEPT_HOURS = 35 * 24;

/** How many rows one write deletes. */
const DELETE_BATCH = 500;

/**
 * Adds one to a count, as a part of the write that is counted. So the counts are exact.
 *
 * A sum has no check, so instances that count at the same time cause no conflict.
 */
export function countOne(name: CountName, now: number): Write {
  return { sums: [{ key: ["count", toHour(now), name], amount: 1 }] };
}

/**
 * Reads the counts of the last hours, oldest first. The current hour is the last one. The cost
 * grows with the number of hours, not with what was counted.
 */
export async function readCounts(
  store: Store,
  { now, hours }: { now: number; hours: number },
): Promise<readonly HourCounts[]> {
  const first = toHour(now) - hours + 1;
  const rows = await store.list<Sum>(
    { start: ["count", first], end: ["count", first + hours] },
    { limit: hours * COUNT_NAMES.length },
  );
  const byHour = Array.from({ length: hours }, createEmptyCounts);
  for (const { key: [, hour, name], value } of rows) {
    const counts = byHour[Number(hour) - first];
    const known = COUNT_NAMES.find((counted) => counted === name);
    if (counts !== undefined && known !== undefined) counts[known] = Number(value?.value ?? 0);
  }
  return byHour.map((counts, index) => ({ startsAt: (first + index) * HOUR_MS, counts }));
}

/** Adds up the counts of several hours. */
export function sumCounts(hours: readonly HourCounts[]): Record<CountName, number> {
  const total = createEmptyCounts();
  for (const { counts } of hours) {
    for (const name of COUNT_NAMES) total[name] += counts[name];
  }
  return total;
}

/** Deletes counts that are older than five weeks. KV cannot expire the row of a sum. */
export async function deleteOldCounts(store: Store, now: number): Promise<void> {
  const old = { start: ["count"], end: ["count", toHour(now) - KEPT_HOURS] };
  for (;;) {
    const rows = await store.list(old, { limit: DELETE_BATCH });
    if (rows.length > 0) await store.commit({ deletes: rows.map(({ key }) => key) });
    if (rows.length < DELETE_BATCH) return;
  }
}

function toHour(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

function createEmptyCounts(): Record<CountName, number> {
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
    "receiver_failures": 0,
  };
}
