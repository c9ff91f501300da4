import * as z from "zod";
import { number } from "./_setting.ts";

const DAY_MS = 86_400_000;

/** The comparison of all identities with our records, and what relies on it. */
export const SweepSettings = z.object({
  everyHours: number({ min: 0, max: 8760, isWhole: false }).default(24)
    .meta({ name: "SWEEP_EVERY_HOURS" }),
  startMissingSince: z.union(
    [z.iso.date(), z.iso.datetime({ offset: true })],
    "must be a date such as 2026-05-31, or a time such as 2026-05-31T08:00:00Z",
  ).transform(Date.parse).optional().meta({ name: "START_MISSING_SINCE" }),
  /** How long `verified` is valid. Undefined for ever. */
  validityMs: number({ min: 1, max: 36_500 }).transform((days) => days * DAY_MS).optional()
    .meta({ name: "VERIFICATION_VALID_DAYS" }),
}).refine(({ everyHours, validityMs }) => validityMs === undefined || everyHours > 0, {
  path: ["validityMs"],
  error:
    "needs the sweep, which SWEEP_EVERY_HOURS=0 turns off: after a loss of KV, only the sweep " +
    "finds the people whose verification ends",
});
