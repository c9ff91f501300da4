// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { adminHeaders } from "./client.ts";
import type { Secret } from "../crypto/secret.ts";
import type { CallUpstream } from "../upstream/call.ts";
import { readAnswer } from "../upstream/read_answer.ts";

/** A page of this size is far below the size limit of an answer, even with large traits. */
const PAGE_SIZE = 100;

/** Kratos reads all traits for a list, which takes longer than for one identity. */
const TIMEOUT_MS = 15_000;

const ListResponse = z.lazy(() =>
  z.array(z.object({
    "id": z.guid().toLowerCase(),
    "created_at": z.optional(z.string()),
    "metadata_public": z.optional(z.unknown()),
    "metadata_admin": z.optional(z.unknown()),
  }))
);

type IdentityResponse = z.output<typeof ListResponse>[number];

const Metadata = z.lazy(() => z.record(z.string(), z.unknown()));

/**
 * What a list contains of an identity: our metadata, and the metadata of Ory's public sample, which
 * `migrate` converts. No traits.
 */
export interface ListedIdentity {
  readonly id: string;
  /** As Kratos writes it. */
  readonly createdAt: string | undefined;
  /** `metadata_public.jumio`, not parsed. Undefined where there is none. */
  readonly jumio: unknown;
  /** The keys of `metadata_public` that begin with `jumio_`. Some values must not be logged. */
  readonly flatPublic: Readonly<Record<string, unknown>>;
  /** The same keys of `metadata_admin`, which the person cannot see. */
  readonly flatAdmin: Readonly<Record<string, unknown>>;
}

export interface IdentityPage {
  /** In Kratos's order. */
  readonly identities: readonly ListedIdentity[];
  /** Undefined on the last page. */
  readonly nextPageToken: string | undefined;
}

/**
 * Lists identities page by page. Kratos pages by key, so that a job over all identities can
 * continue from a page token ("List Identities" in Ory's API reference).
 */
export type ListIdentities = (
  options?: { pageToken?: string | undefined; pageSize?: number },
) => Promise<IdentityPage>;

/** Creates the list. Its calls may throw an {@linkcode UpstreamError}. */
export function createIdentityList(
  { adminUrl, apiKey, call }: { adminUrl: URL; apiKey: Secret | undefined; call: CallUpstream },
): ListIdentities {
  return async ({ pageToken, pageSize = PAGE_SIZE } = {}) => {
    const url = new URL("admin/identities", adminUrl);
    url.searchParams.set("page_size", String(pageSize));
    if (pageToken !== undefined) url.searchParams.set("page_token", pageToken);
    const answer = await call({
      upstream: "kratos",
      action: "list identities",
      method: "GET",
      url,
      headers: adminHeaders(apiKey),
      timeoutMs: TIMEOUT_MS,
    });
    const identities = readAnswer(ListResponse, answer).map(toListedIdentity);
    const nextPageToken = readNextPageToken(answer.link, { adminUrl });
    // The same token again would lead to an endless loop.
    return { identities, nextPageToken: nextPageToken === pageToken ? undefined : nextPageToken };
  };
}

function toListedIdentity(identity: IdentityResponse): ListedIdentity {
  const { jumio, ...others } = Metadata.safeParse(identity["metadata_public"]).data ?? {};
  return {
    id: identity.id,
    createdAt: identity["created_at"],
    jumio,
    flatPublic: pickFlat(others),
    flatAdmin: pickFlat(Metadata.safeParse(identity["metadata_admin"]).data ?? {}),
  };
}

function pickFlat(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key.startsWith("jumio_")));
}

/** Reads only the token from the `Link` header. The address in it is never called. */
function readNextPageToken(
  link: string | undefined,
  { adminUrl }: { adminUrl: URL },
): string | undefined {
  const [, target] = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "") ?? [];
  if (target === undefined || !URL.canParse(target, adminUrl)) return undefined;
  return new URL(target, adminUrl).searchParams.get("page_token") ?? undefined;
}
