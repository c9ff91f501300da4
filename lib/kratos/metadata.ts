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
