import { parseJumioMetadata } from "../kratos/metadata.ts";
import type { ListedIdentity, ListIdentities } from "../kratos/identities.ts";
import type { Operator } from "../history/operator_action.ts";
import { requestRefresh } from "./review.ts";
import { acceptStart } from "../verification/accept/start.ts";
import type { Store } from "../kv/store.ts";
import { adoptAs } from "../verification/adopt.ts";
import { tombstoneKey, verificationKey } from "../verification/rows.ts";

/** The result for one page of Ory's identities. */
export interface MissingPage {
  /** How many identities were on the page. */
  readonly lookedAt: number;
  /** The identities without a verification. */
  readonly identityIds: readonly string[];
  /** How many of them got one. */
  readonly started: number;
  readonly nextPageToken: string | undefined;
}

/**
 * Finds the identities without a verification on one page of Ory's identities, and starts them
 * unless it is a dry run. These are people who registered before this service or while it was down,
 * and people whose record was lost before a decision. An erased identity is not started.
 *
 * Starts go into the queue, which keeps Jumio's rate limit. Where an identity names an execution,
 * that execution is checked at Jumio instead of starting another one.
 */
export async function startMissing(
  store: Store,
  { listIdentities, pageToken, pageSize, isDryRun, operator, now, trace }: {
    listIdentities: ListIdentities;
    pageToken: string | undefined;
    pageSize: number;
    isDryRun: boolean;
    operator: Operator;
    now: number;
    trace?: string | undefined;
  },
): Promise<MissingPage> {
  const { identities, nextPageToken } = await listIdentities({ pageToken, pageSize });
  const isListed = await Promise.all(identities.map((identity) => isMissing(store, identity)));
  const missing = identities.filter((_, index) => isListed[index]);
  let started = 0;
  for (const identity of isDryRun ? [] : missing) {
    if (await start(store, { identity, operator, now, trace })) started++;
  }
  const identityIds = missing.map(({ id }) => id);
  return { lookedAt: identities.length, identityIds, started, nextPageToken };
}

async function start(
  store: Store,
  { identity: { id: identityId, jumio }, operator, now, trace }: {
    identity: ListedIdentity;
    operator: Operator;
    now: number;
    trace: string | undefined;
  },
): Promise<boolean> {
  const metadata = parseJumioMetadata(jumio);
  if (!metadata?.["workflow_execution_id"]) {
    return await acceptStart(store, { identityId, now, operator, trace });
  }
  await adoptAs(metadata, { identityId, store, now, trace });
  return await requestRefresh(store, { identityId, operator, now, trace }) !== undefined;
}

/**
 * Identities with the flat keys of Ory's public sample are not missing: they have a verification by
 * the sample, which the command `migrate` converts.
 */
async function isMissing(store: Store, identity: ListedIdentity): Promise<boolean> {
  const { id, jumio, flatPublic } = identity;
  if (jumio !== undefined && jumio !== null) {
    const status = parseJumioMetadata(jumio)?.status;
    if (status !== "pending" && status !== "expired") return false;
  } else if (Object.keys(flatPublic).length > 0) return false;
  const [verification, tombstone] = await Promise.all([
    store.get(verificationKey(id)),
    store.get(tombstoneKey(id)),
  ]);
  return verification.value === null && tombstone.value === null;
}
