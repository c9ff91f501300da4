// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { converted, number } from "./_setting.ts";

const DAY_MS = 86_400_000;

const Moment = z.lazy(() => z.union([z.iso.date(), z.iso.datetime({ offset: true })]));

/** The comparison of all identities with our records, and what relies on it. */
export const SweepSettings = z.object({
  SWEEP_EVERY_HOURS: number({ min: 0, max: 8760, isWhole: false }).default(24),
  START_MISSING_SINCE: converted(
    (value) => Moment.safeParse(value).success ? Date.parse(value) : undefined,
    "must be a date such as 2026-05-31, or a time such as 2026-05-31T08:00:00Z",
  ).optional(),
  VERIFICATION_VALID_DAYS: number({ min: 1, max: 36_500 }).optional(),
}).refine((env) => env.VERIFICATION_VALID_DAYS === undefined || env.SWEEP_EVERY_HOURS > 0, {
  path: ["VERIFICATION_VALID_DAYS"],
  error:
    "needs the sweep, which SWEEP_EVERY_HOURS=0 turns off: after a loss of KV, only the sweep " +
    "finds the people whose verification ends",
}).transform((env) => ({
  everyHours: env.SWEEP_EVERY_HOURS,
  startMissingSince: env.START_MISSING_SINCE,
  /** How long `verified` is valid. Undefined for ever. */
  validityMs: env.VERIFICATION_VALID_DAYS && env.VERIFICATION_VALID_DAYS * DAY_MS,
}));
