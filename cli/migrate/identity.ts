// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import { checkStatus } from "../../lib/upstream/read_answer.ts";
import { adminHeaders, type Kratos } from "../../lib/kratos/client.ts";
import type { JumioMetadata } from "../../lib/kratos/metadata.ts";
import type { ListedIdentity } from "../../lib/kratos/identities.ts";
import type { Secret } from "../../lib/crypto/secret.ts";
import type { CallUpstream } from "../../lib/upstream/call.ts";

/** The outcome of migrating one identity. */
export type MigrateOutcome = "migrated" | "has_jumio" | "gone";

/** Adds `jumio` to one identity and, with `dropsFlat`, removes its flat keys. */
export type MigrateIdentity = (
  identity: ListedIdentity,
  options: {
    /** Undefined for an identity that has `jumio`: then only its flat keys are removed. */
    metadata: JumioMetadata | undefined;
    dropsFlat: boolean;
    /** Above 1, an attempt before may have written `jumio` although its answer was lost. */
    attempt: number;
  },
) => Promise<MigrateOutcome>;

/** Creates the function. Its calls may throw an {@linkcode UpstreamError}. */
export function createMigrateIdentity(
  { adminUrl, apiKey, call, kratos }: {
    adminUrl: URL;
    apiKey: Secret | undefined;
    call: CallUpstream;
    kratos: Kratos;
  },
): MigrateIdentity {
  return async (identity, { metadata, dropsFlat, attempt }) => {
    if (metadata !== undefined) {
      // Kratos has no conditional patch. This read finds a `jumio` that is newer than the list.
      const current = await kratos.getJumioMetadata(identity.id);
      if (current === undefined) return "gone";
      if (current !== null) {
        const isOurs = attempt > 1 && isDeepStrictEqual(current, metadata);
        return isOurs ? "migrated" : "has_jumio";
      }
    }
    const answer = await call({
      upstream: "kratos",
      action: "patch an identity",
      method: "PATCH",
      url: new URL(`admin/identities/${identity.id}`, adminUrl),
      headers: { ...adminHeaders(apiKey), "content-type": "application/json" },
      body: JSON.stringify([
        ...(metadata === undefined
          ? []
          : [{ op: "add", path: "/metadata_public/jumio", value: metadata }]),
        ...(dropsFlat ? listRemovals(identity) : []),
      ]),
    });
    if (answer.status === 404) return "gone";
    checkStatus(answer);
    return "migrated";
  };
}

function listRemovals({ flatPublic, flatAdmin }: ListedIdentity): { op: string; path: string }[] {
  const paths = [
    ...Object.keys(flatPublic).map((key) => `/metadata_public/${escapeKey(key)}`),
    ...Object.keys(flatAdmin).map((key) => `/metadata_admin/${escapeKey(key)}`),
  ];
  return paths.map((path) => ({ op: "remove", path }));
}

function escapeKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
