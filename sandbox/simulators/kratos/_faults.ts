// SPDX-License-Identifier: Apache-2.0
/** What can go wrong at Kratos. Tests and the sandbox page change it while the simulator runs. */
export interface KratosFaults {
  /** Every admin call answers 503. */
  isAdminDown: boolean;
  /** Delays every admin call. A PATCH waits between its read and its write, so that others can write. */
  adminSlowMs: number;
  /** Every admin call answers 429, as Ory Network does over its limits. */
  isRateLimited: boolean;
  /** A second PATCH or DELETE of an identity at the same time answers 429, as on Ory Network. */
  refusesConcurrentWrites: boolean;
  /** The next admin calls answer with these statuses. */
  nextStatuses: number[];
  /** Another writer overwrites the next PATCH at once with the row as it was before. */
  losesNextPatch: boolean;
  /** A PATCH answers 200 and stores nothing, as some old versions do. */
  ignoresPatches: boolean;
}

export function noFaults(): KratosFaults {
  return {
    isAdminDown: false,
    adminSlowMs: 0,
    isRateLimited: false,
    refusesConcurrentWrites: false,
    nextStatuses: [],
    losesNextPatch: false,
    ignoresPatches: false,
  };
}
