// SPDX-License-Identifier: Apache-2.0
import type { JobResult } from "../../jobs/result.ts";
import type { Kratos } from "../../kratos/client.ts";
import type { JumioMetadata } from "../../kratos/metadata.ts";
import type { Log } from "../../log.ts";
import { UpstreamError } from "../../upstream/error.ts";

/** What Ory answers to the patch of metadata that is not an object, and to some other patches. */
const NOT_AN_OBJECT = 400;

export interface PatchOptions {
  readonly kratos: Pick<
    Kratos,
    "patchJumioMetadata" | "getMetadataPublic" | "replaceMetadataPublic"
  >;
  readonly log: Log;
}

/** What a patch resulted in. */
export type Patched =
  | { readonly kind: "patched" }
  /** Ory does not know the identity. */
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly status: number };

/**
 * Writes our metadata to an identity. Where Ory refuses that because `metadata_public` is not an
 * object, it is replaced by one.
 */
export async function patchIdentity(
  identityId: string,
  metadata: JumioMetadata,
  { kratos, log }: PatchOptions,
): Promise<Patched> {
  const first = await attempt(() => kratos.patchJumioMetadata(identityId, metadata));
  if (first.kind !== "refused") return first;
  const found = await kratos.getMetadataPublic(identityId);
  if (found === undefined) return { kind: "gone" };
  if (isObject(found.value)) {
    if (first.status !== NOT_AN_OBJECT) return first;
    // Another instance or an administrator may have repaired it since.
    return await attempt(() => kratos.patchJumioMetadata(identityId, metadata));
  }
  log.warn("Replaced metadata_public, which was not an object", { identityId });
  return await attempt(() => kratos.replaceMetadataPublic(identityId, { jumio: metadata }));
}

/** The job of a patch that was refused. The dead letter has the HTTP status. */
export function concludeRefused<Data>(
  { status }: Patched & { readonly kind: "refused" },
): JobResult<Data> {
  return { kind: "dead", reason: "patch_refused", status };
}

async function attempt(patch: () => Promise<boolean>): Promise<Patched> {
  try {
    return { kind: await patch() ? "patched" : "gone" };
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.reason !== "status") throw error;
    const { status, isLasting } = error;
    if (status === undefined || !isLasting) throw error;
    return { kind: "refused", status };
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
