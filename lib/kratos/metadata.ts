import * as z from "zod";

/** `metadata_public.jumio`: what an identity says about its verification. */
export const JumioMetadata = z.object({
  "status": z.string(),
  /** Null until there is one. */
  "verdict": z.nullish(z.string()),
  "account_id": z.nullish(z.guid()),
  /** The newest execution of the person. */
  "workflow_execution_id": z.nullish(z.guid()),
  /** The link by which the person continues. */
  "verification_url": z.nullish(z.string()),
  /** When the newest execution was started. */
  "initiated_at": z.nullish(z.string()),
  /** When the verdict was read from Jumio. */
  "decided_at": z.nullish(z.string()),
});

export type JumioMetadata = z.output<typeof JumioMetadata>;

/** Parses `metadata_public.jumio`. Null for anything that this service did not write. */
export function parseJumioMetadata(jumio: unknown): JumioMetadata | null {
  return JumioMetadata.safeParse(jumio).data ?? null;
}

/**
 * Whether an identity has the metadata that it should have: the same state of the same execution,
 * with a link or without. The text of the link does not count, because it changes with the secret
 * that signs it.
 */
export function isSameMetadata(found: JumioMetadata | null, expected: JumioMetadata): boolean {
  if (found === null) return false;
  const fields = ["status", "verdict", "account_id", "workflow_execution_id"] as const;
  const hasLink = (metadata: JumioMetadata) => (metadata["verification_url"] ?? null) !== null;
  return hasLink(found) === hasLink(expected) &&
    fields.every((field) => (found[field] ?? null) === (expected[field] ?? null));
}
