// SPDX-License-Identifier: Apache-2.0
/** The time of day on this machine, in seconds. Page and terminal show every time like this. */
export function formatClock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}
