// SPDX-License-Identifier: Apache-2.0
import { type Execution, executionKey, listExecutions } from "./executions.ts";
import {
  changedAtOf,
  statusIndexPrefix,
  type Tombstone,
  tombstoneKey,
  type Verification,
  verificationKey,
} from "./rows.ts";
import type { VerificationStatus } from "./verdict.ts";
import type { Store } from "../kv/store.ts";

/** The last verification of a page. The next page begins after it. */
export interface ListCursor {
  readonly changedAt: number;
  readonly identityId: string;
}

/** A place as text, and back. */
export function formatListCursor({ changedAt, identityId }: ListCursor): string {
  return `${changedAt}.${identityId}`;
}

export function parseListCursor(text: string): ListCursor {
  const dot = text.indexOf(".");
  return { changedAt: Number(text.slice(0, dot)), identityId: text.slice(dot + 1) };
}

/** Everything that is stored of an identity, except its timeline. */
export interface VerificationRecord {
  readonly identityId: string;
  /** Null after an erasure. */
  readonly verification: Verification | null;
  readonly executions: readonly { readonly id: string; readonly execution: Execution | null }[];
  readonly tombstone: Tombstone | null;
}

/** Which verifications are listed, and in which order. */
interface Listing {
  readonly statuses: readonly VerificationStatus[];
  /** Changed at this time or later. */
  readonly since?: number | undefined;
  /** Changed before this time. */
  readonly until?: number | undefined;
  readonly after?: ListCursor | undefined;
  readonly limit: number;
  /** @default {"newest": the one that changed last comes first} */
  readonly first?: "newest" | "oldest";
}

/**
 * Lists verifications by the time of their last change. The cost depends on the size of the page
 * alone: each status has a list by time, and a page is merged from the beginning of each list.
 */
export async function listVerifications(
  store: Store,
  { statuses, limit, ...listing }: Listing,
): Promise<{ verifications: readonly Verification[]; next: ListCursor | undefined }> {
  const isOldestFirst = listing.first === "oldest";
  const pages = await Promise.all(statuses.map(async (status) => {
    const selector = selectPage(statusIndexPrefix(status), listing);
    const options = { limit: limit + 1, reverse: !isOldestFirst };
    return selector === undefined ? [] : await store.list(selector, options);
  }));
  const found = pages.flat()
    .map(({ key }) => ({ changedAt: Number(key[2]), identityId: String(key[3]) }))
    .sort((a, b) => isOldestFirst ? comparePlaces(a, b) : comparePlaces(b, a));
  const page = found.slice(0, limit);
  const rows = await Promise.all(
    page.map(({ identityId }) => store.get<Verification>(verificationKey(identityId))),
  );
  return {
    // A verification that changed between the two reads is on another page, or on none.
    verifications: rows.flatMap(({ value }, index) =>
      value !== null && changedAtOf(value) === page[index]?.changedAt ? [value] : []
    ),
    next: found.length > limit ? page.at(-1) : undefined,
  };
}

/** The range of a page in the list of a status. Undefined for an empty range, which KV rejects. */
function selectPage(
  list: Deno.KvKey,
  { since = 0, until = Number.MAX_SAFE_INTEGER, after, first }: Omit<
    Listing,
    "statuses" | "limit"
  >,
): { start: Deno.KvKey; end: Deno.KvKey } | undefined {
  if (since >= until) return undefined;
  if (after === undefined) return { start: [...list, since], end: [...list, until] };
  const place = [...list, after.changedAt];
  if (first !== "oldest") {
    const end = [...place, after.identityId];
    return since > after.changedAt ? undefined : { start: [...list, since], end };
  }
  // The lowest key after that of the cursor.
  const start = [...place, `${after.identityId}\0`];
  return after.changedAt >= until ? undefined : { start, end: [...list, until] };
}

function comparePlaces(a: ListCursor, b: ListCursor): number {
  return a.changedAt - b.changedAt ||
    (a.identityId < b.identityId ? -1 : Number(a.identityId !== b.identityId));
}

/** Finds a record by an identity's id or by that of one of its executions, in any case. */
export async function findRecord(
  store: Store,
  anyId: string,
): Promise<VerificationRecord | undefined> {
  const id = anyId.toLowerCase();
  const execution = await store.get<Execution>(executionKey(id));
  const identityId = execution.value?.identityId ?? id;
  const [verification, tombstone, executions] = await Promise.all([
    store.get<Verification>(verificationKey(identityId)),
    store.get<Tombstone>(tombstoneKey(identityId)),
    listExecutions(store, identityId),
  ]);
  if (verification.value === null && tombstone.value === null) return undefined;
  return {
    identityId,
    verification: verification.value,
    executions: executions.map(({ id, row }) => ({ id, execution: row.value })),
    tombstone: tombstone.value,
  };
}
