// SPDX-License-Identifier: Apache-2.0
/** Milliseconds since the epoch as an ISO 8601 timestamp in UTC. */
export function toTimestamp(ms: number): string;
/** Null where there is no time. */
export function toTimestamp(ms: number | null | undefined): string | null;
export function toTimestamp(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(ms).toISOString();
}

/**
 * Parses a timestamp that somebody else wrote, to milliseconds since the epoch.
 *
 * @returns Null for any text that is not a time.
 */
export function parseTimestamp(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? null : ms;
}
