// SPDX-License-Identifier: Apache-2.0
import { type Arguments, type Tools, UsageError } from "../frame/command.ts";

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `--since` and `--until`.
 *
 * @throws {UsageError} If one is no time, or nothing can be between them.
 */
export function parseTimeRange(
  { text }: Pick<Arguments, "text">,
  { now }: Pick<Tools, "now">,
): { since: string | undefined; until: string | undefined } {
  const readAt = now();
  const since = parseTimeFlag(text("since"), { flag: "since", now: readAt });
  const until = parseTimeFlag(text("until"), { flag: "until", now: readAt });
  if (since !== undefined && until !== undefined && since >= until) {
    throw new UsageError("--since must be before --until");
  }
  return { since, until };
}

/**
 * Reads a time: `2026-05-04`, `2026-05-04T09:00:00Z`, or how long ago, such as `30m`, `2h`, `7d`.
 *
 * @throws {UsageError} For any other text.
 */
export function parseTimeFlag(
  text: string | undefined,
  { flag, now }: { flag: string; now: number },
): string | undefined {
  if (text === undefined) return undefined;
  const [, amount, unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const isDate = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)?$/.test(text);
  const ms = amount === undefined
    ? (isDate ? Date.parse(text) : NaN)
    : now - Number(amount) * (UNITS_MS[unit] ?? NaN);
  // The 31st of February is read as a day in March.
  const isDay = amount !== undefined ||
    new Date(ms || 0).toISOString().startsWith(text.slice(0, 10));
  if (Number.isNaN(ms) || !isDay) {
    throw new UsageError(
      `--${flag} must be a time such as 2026-05-04 or 2026-05-04T09:00:00Z, or how long ago: ` +
        "30m, 2h, 7d",
    );
  }
  return new Date(ms).toISOString();
}
