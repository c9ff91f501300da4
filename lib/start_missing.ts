import { tombstoneKey } from "./erasure.ts";
import type { ListedIdentity, ListIdentities } from "./kratos_list.ts";
import type { Operator } from "./operator.ts";
import { acceptStart } from "./start_execution.ts";
import type { Store } from "./store.ts";
import { verificationKey } from "./verifications.ts";

/** What a page of identities came to. */
export interface MissingPage {
  readonly lookedAt: number;
  /** Identities that have no verification. */
  readonly identityIds: readonly string[];
  /** How many of them have one now. */
  readonly started: number;
  readonly nextPageToken: string | undefined;
}

/**
 * Finds, on one page of Ory's identities, those without a verification: who registered while we were
 * down, or before us. Unless it is a dry run their starts go into the queue, which keeps to Jumio's
 * limit. Whoever was erased is left in peace.
 */
export async function startMissing(
  store: Store,
  { listIdentities, pageToken, pageSize, isDryRun, operator, now }: {
    listIdentities: ListIdentities;
    pageToken: string | undefined;
    pageSize: number;
    isDryRun: boolean;
    operator: Operator;
    now: number;
  },
): Promise<MissingPage> {
  const { identities, nextPageToken } = await listIdentities({ pageToken, pageSize });
  const missing = await Promise.all(identities.map((identity) => isMissing(store, identity)));
  const identityIds = identities.filter((_, index) => missing[index]).map(({ id }) => id);
  let started = 0;
  for (const identityId of isDryRun ? [] : identityIds) {
    if (await acceptStart(store, { identityId, now, operator })) started++;
  }
  return { lookedAt: identities.length, identityIds, started, nextPageToken };
}

/** The public sample's flat keys are a verification too, though not one of ours: `migrate` is for it. */
async function isMissing(store: Store, identity: ListedIdentity): Promise<boolean> {
  const { id, jumio, flatPublic } = identity;
  if (jumio !== undefined && jumio !== null) return false;
  if (Object.keys(flatPublic).length > 0) return false;
  const [verification, tombstone] = await Promise.all([
    store.get(verificationKey(id)),
    store.get(tombstoneKey(id)),
  ]);
  return verification.value === null && tombstone.value === null;
}
