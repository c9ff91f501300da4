// SPDX-License-Identifier: Apache-2.0
import { CURES } from "./cure_table.ts";

/** Every reason for which this version gives up a job. */
export const FAILURE_REASONS: readonly string[] = [
  ...new Set(CURES.flatMap(({ reasons }) => reasons)),
].sort();

/** The table of cures says of these: do not replay. A try costs money, or somebody must ask first. */
const NOT_REPLAYED: readonly string[] = ["jumio_other_account", "read_back_mismatch"];

/** Whether a job that was given up may be tried again although nobody has named its reason. */
export function isReplayable({ reason }: { readonly reason: string }): boolean {
  return !NOT_REPLAYED.includes(reason);
}
