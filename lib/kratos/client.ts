// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { type JumioMetadata, parseJumioMetadata } from "./metadata.ts";
import type { Secret } from "../crypto/secret.ts";
import type { CallUpstream } from "../upstream/call.ts";
import { checkStatus, readAnswer } from "../upstream/read_answer.ts";

/** Only this is read of an identity. Its traits are dropped before any other code can see them. */
const IdentityResponse = z.lazy(() =>
  z.object({
    "id": z.guid(),
    "metadata_public": z.optional(z.unknown()),
  })
);

type IdentityResponse = z.output<typeof IdentityResponse>;

const MetadataPublic = z.lazy(() => z.object({ jumio: z.optional(z.unknown()) }));

/** The part of Kratos's admin API that we use. Each call may throw an {@linkcode UpstreamError}. */
export interface Kratos {
  /**
   * Reads `metadata_public.jumio`. Null where the identity has none that this service wrote,
   * undefined where the identity does not exist.
   */
  getJumioMetadata(identityId: string): Promise<JumioMetadata | null | undefined>;
  /** Replaces `metadata_public.jumio` and no other key. False where the identity does not exist. */
  patchJumioMetadata(identityId: string, metadata: JumioMetadata): Promise<boolean>;
  /** Reads `metadata_public` as it is. Undefined where the identity does not exist. */
  getMetadataPublic(identityId: string): Promise<{ readonly value: unknown } | undefined>;
  /** Replaces all of `metadata_public`. False where the identity does not exist. */
  replaceMetadataPublic(
    identityId: string,
    value: { readonly jumio: JumioMetadata },
  ): Promise<boolean>;
  /** Ends all sessions of an identity. */
  deleteSessions(identityId: string): Promise<void>;
}

export function createKratos(
  { adminUrl, apiKey, call }: { adminUrl: URL; apiKey: Secret | undefined; call: CallUpstream },
): Kratos {
  const headers = adminHeaders(apiKey);

  function identityUrl(identityId: string, suffix = ""): URL {
    return new URL(`admin/identities/${identityId}${suffix}`, adminUrl);
  }

  async function readIdentity(identityId: string): Promise<IdentityResponse | undefined> {
    const action = "read an identity";
    const url = identityUrl(identityId);
    const answer = await call({ upstream: "kratos", action, method: "GET", url, headers });
    return answer.status === 404 ? undefined : readAnswer(IdentityResponse, answer);
  }

  /** Replaces what is at a path. False where the identity does not exist. */
  async function patch(identityId: string, path: string, value: unknown): Promise<boolean> {
    const answer = await call({
      upstream: "kratos",
      action: "patch an identity",
      method: "PATCH",
      url: identityUrl(identityId),
      headers: { ...headers, "content-type": "application/json" },
      // Kratos treats `replace` of a missing path as `add`, and creates missing parents
      // (ory/kratos, oryx/jsonx/patch.go).
      body: JSON.stringify([{ op: "replace", path, value }]),
    });
    if (answer.status === 404) return false;
    readAnswer(IdentityResponse, answer);
    return true;
  }

  return {
    async getJumioMetadata(identityId) {
      const identity = await readIdentity(identityId);
      return identity && readJumio(identity);
    },

    async getMetadataPublic(identityId) {
      const identity = await readIdentity(identityId);
      return identity && { value: identity["metadata_public"] };
    },

    patchJumioMetadata: (identityId, metadata) =>
      patch(identityId, "/metadata_public/jumio", metadata),

    replaceMetadataPublic: (identityId, value) => patch(identityId, "/metadata_public", value),

    async deleteSessions(identityId) {
      const action = "delete the sessions of an identity";
      const url = identityUrl(identityId, "/sessions");
      const answer = await call({ upstream: "kratos", action, method: "DELETE", url, headers });
      // 404: the identity has no session.
      if (answer.status !== 404) checkStatus(answer);
    },
  };
}

/** The headers of each call to the admin API. A self-hosted Kratos needs no key. */
export function adminHeaders(apiKey: Secret | undefined): Readonly<Record<string, string>> {
  return {
    "accept": "application/json",
    ...(apiKey === undefined ? {} : { "authorization": `Bearer ${apiKey.reveal()}` }),
  };
}

function readJumio({ metadata_public: metadata }: IdentityResponse): JumioMetadata | null {
  return parseJumioMetadata(MetadataPublic.safeParse(metadata).data?.jumio);
}
