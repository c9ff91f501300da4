// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";

/** A malformed field counts as missing: it must not hide the status from those who compare it. */
function optional<Field extends z.ZodType>(
  field: Field,
): z.ZodCatch<z.ZodOptional<z.ZodNullable<Field>>> {
  return z.nullish(field).catch(null);
}

/** `metadata_public.jumio`: what an identity says about its verification. */
export const JumioMetadata = z.object({
  "status": z.string(),
  /** Null until there is one. */
  "verdict": optional(z.string()),
  "account_id": optional(z.guid().toLowerCase()),
  /** The newest execution of the person. */
  "workflow_execution_id": optional(z.guid().toLowerCase()),
  /** The link by which the person continues. */
  "verification_url": optional(z.string()),
  /** When the newest execution was started. */
  "initiated_at": optional(z.string()),
  /** When the verdict was read from Jumio. */
  "decided_at": optional(z.string()),
  /** Until when the decision is valid. Null for ever. */
  "valid_until": optional(z.string()),
  /** `inconclusive` after a check without a conclusion, `validity_ended` after a validity. */
  "detail": optional(z.string()),
});

export type JumioMetadata = z.output<typeof JumioMetadata>;

/** Parses `metadata_public.jumio`. Null for anything that this service did not write. */
export function parseJumioMetadata(jumio: unknown): JumioMetadata | null {
  return JumioMetadata.safeParse(jumio).data ?? null;
}
