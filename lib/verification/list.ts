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

/** Everything that is stored of an identity, except its timeline. */
export interface VerificationRecord {
  readonly identityId: string;
  /** Null after an erasure. */
  readonly verification: Verification | null;
  readonly executions: readonly { readonly id: string; readonly execution: Execution | null }[];
  readonly tombstone: Tombstone | null;
}

/**
 * Lists verifications, the one that changed last first. The cost depends on the size of the page
 * alone: each status has a list by time, and a page is merged from the newest of each list.
 */
export async function listVerifications(
  store: Store,
  { statuses, since = 0, until = Number.MAX_SAFE_INTEGER, after, limit }: {
    statuses: readonly VerificationStatus[];
    /** Changed at this time or later. */
    since?: number | undefined;
    /** Changed before this time. */
    until?: number | undefined;
    after?: ListCursor | undefined;
    limit: number;
  },
): Promise<{ verifications: readonly Verification[]; next: ListCursor | undefined }> {
  // KV rejects a range that ends before it begins.
  const isEmpty = since >= until || since > (after?.changedAt ?? until);
  const pages = await Promise.all((isEmpty ? [] : statuses).map(async (status) => {
    const list = statusIndexPrefix(status);
    const end = after === undefined
      ? [...list, until]
      : [...list, after.changedAt, after.identityId];
    const selector = { start: [...list, since], end };
    return await store.list(selector, { limit: limit + 1, reverse: true });
  }));
  const found = pages.flat()
    .map(({ key }) => ({ changedAt: Number(key[2]), identityId: String(key[3]) }))
    .sort((a, b) => b.changedAt - a.changedAt || (a.identityId < b.identityId ? 1 : -1));
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
