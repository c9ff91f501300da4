// SPDX-License-Identifier: Apache-2.0
import { createSecret } from "../../lib/crypto/secret.ts";
import type { JobResult } from "../../lib/jobs/result.ts";
import type { JumioMetadata } from "../../lib/kratos/metadata.ts";
import type { Store } from "../../lib/kv/store.ts";
import { PUBLISH, type PublishData } from "../../lib/verification/job_kinds.ts";
import { createLinkKeys } from "../../lib/verification/link.ts";
import { handlePublish, type PublishOptions } from "../../lib/verification/work/publish.ts";
import { createTestLog } from "./memory_store.ts";
import { createJob, IDENTITY_ID, NOW } from "./verification_rows.ts";

const LINK = {
  keys: createLinkKeys(
    [createSecret("0123456789abcdef0123456789abcdef")],
    "https://kyc.example.com",
  ),
  lifetimeDays: 90,
};

interface PublishWorld extends Partial<Pick<PublishOptions, "publicUrl" | "link">> {
  readonly isConfirmation?: boolean;
  readonly isJustRead?: boolean;
  /** How long ago the job was requested. */
  readonly ageMs?: number;
  readonly failures?: number;
  /** What the identity says now. Undefined if Ory does not know the identity. */
  readonly found?: JumioMetadata | null | undefined;
  readonly revokes?: boolean;
}

/** Runs the handler of a publication. */
export async function runPublish(store: Store, options: PublishWorld = {}): Promise<{
  result: JobResult<PublishData>;
  reads: number;
  patches: JumioMetadata[];
  revoked: string[];
  lines: string[];
}> {
  const { isConfirmation = false, isJustRead = false, ageMs = 0 } = options;
  const { failures = 0, revokes = false } = options;
  const data = { isConfirmation, isJustRead, requestedAt: NOW - ageMs };
  const found = "found" in options ? options.found : null;
  const patches: JumioMetadata[] = [];
  const revoked: string[] = [];
  let reads = 0;
  const { log, lines } = createTestLog();
  const result = await handlePublish(
    createJob(PUBLISH, { id: IDENTITY_ID, data, failures }),
    {
      store,
      kratos: {
        getJumioMetadata: () => (reads++, Promise.resolve(found)),
        patchJumioMetadata(_id, metadata) {
          patches.push(metadata);
          return Promise.resolve(found !== undefined);
        },
        getMetadataPublic: () => Promise.resolve(undefined),
        replaceMetadataPublic: () => Promise.resolve(false),
        deleteSessions: (id) => Promise.resolve(void revoked.push(id)),
      },
      now: () => NOW,
      log,
      publicUrl: "https://kyc.example.com",
      link: LINK,
      revokeSessionsOnRejection: revokes,
      ...options,
    },
  );
  return { result, reads, patches, revoked, lines };
}
