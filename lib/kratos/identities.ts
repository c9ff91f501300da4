import * as z from "zod";
import { UpstreamError } from "../upstream/error.ts";
import { adminHeaders } from "./client.ts";
import type { Secret } from "../crypto/secret.ts";
import type { CallUpstream } from "../upstream/call.ts";

/** A page of a hundred stays well under the size limit of an answer, with large traits too. */
const PAGE_SIZE = 100;

/** Ory reads a list with all its traits; that takes longer than one identity. */
const TIMEOUT_MS = 15_000;

const ListResponse = z.array(z.object({
  "id": z.guid(),
  "created_at": z.optional(z.string()),
  "metadata_public": z.optional(z.unknown()),
  "metadata_admin": z.optional(z.unknown()),
}));

const Metadata = z.record(z.string(), z.unknown());

/** What a list says of an identity: what is ours, and what the public sample left. No traits. */
export interface ListedIdentity {
  /** Ory's. */
  readonly id: string;
  /** As Ory writes it. */
  readonly createdAt: string | undefined;
  /** `metadata_public.jumio` as it stands, undefined where there is none. */
  readonly jumio: unknown;
  /** The keys of both metadata that begin with `jumio_`. Some of the values are not for logs. */
  readonly flatPublic: Readonly<Record<string, unknown>>;
  /** Those of the metadata that the person cannot see. */
  readonly flatAdmin: Readonly<Record<string, unknown>>;
}

/** A page of identities, and the token of the next one. Undefined: this was the last. */
export interface IdentityPage {
  /** In Ory's order. */
  readonly identities: readonly ListedIdentity[];
  /** Leads to the page after this one. */
  readonly nextPageToken: string | undefined;
}

/**
 * Lists identities a page at a time, in an order that stays the same, so that work over all of them
 * can go on from a page token.
 */
export type ListIdentities = (
  options?: { pageToken?: string | undefined; pageSize?: number },
) => Promise<IdentityPage>;

/** Creates the list. Its calls may throw an {@linkcode UpstreamError}. */
export function createIdentityList(
  { adminUrl, apiKey, call }: { adminUrl: URL; apiKey: Secret | undefined; call: CallUpstream },
): ListIdentities {
  return async ({ pageToken, pageSize = PAGE_SIZE } = {}) => {
    const action = "list identities";
    const url = new URL("admin/identities", adminUrl);
    url.searchParams.set("page_size", String(pageSize));
    if (pageToken !== undefined) url.searchParams.set("page_token", pageToken);
    const { status, json, retryAfterMs, link } = await call({
      upstream: "kratos",
      action,
      method: "GET",
      url,
      headers: adminHeaders(apiKey),
      timeoutMs: TIMEOUT_MS,
    });
    if (status !== 200) {
      throw new UpstreamError("kratos", "status", { action, status, retryAfterMs });
    }
    const list = ListResponse.safeParse(json);
    if (!list.success) {
      throw new UpstreamError("kratos", "malformed", { action, status, cause: list.error });
    }
    const identities = list.data.map((identity) => {
      const { jumio, ...rest } = Metadata.safeParse(identity["metadata_public"]).data ?? {};
      return {
        id: identity.id,
        createdAt: identity["created_at"],
        jumio,
        flatPublic: pickFlat(rest),
        flatAdmin: pickFlat(Metadata.safeParse(identity["metadata_admin"]).data ?? {}),
      };
    });
    const nextPageToken = readNextPageToken(link, { adminUrl });
    // The same token again would page for ever.
    return { identities, nextPageToken: nextPageToken === pageToken ? undefined : nextPageToken };
  };
}

function pickFlat(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key.startsWith("jumio_")));
}

/** Only the token is taken from the header: its address is never followed. */
function readNextPageToken(
  link: string | undefined,
  { adminUrl }: { adminUrl: URL },
): string | undefined {
  const [, target] = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "") ?? [];
  if (target === undefined || !URL.canParse(target, adminUrl)) return undefined;
  return new URL(target, adminUrl).searchParams.get("page_token") ?? undefined;
}
