// SPDX-License-Identifier: Apache-2.0
import { compareRecord, decideReconciliation } from "../compare_record.ts";
import { PUBLISH, type PublishData, START, type StartData } from "../job_kinds.ts";
import { type Tombstone, tombstoneKey, type Verification, verificationKey } from "../rows.ts";
import { isOverdue } from "../validity.ts";
import { type Job, jobKey } from "../../jobs/job.ts";
import type { ListedIdentity } from "../../kratos/identities.ts";
import { parseJumioMetadata } from "../../kratos/metadata.ts";
import type { Store } from "../../kv/store.ts";
import { parseTimestamp } from "../../timestamp.ts";

/** What a page of Ory's list says about an identity. */
export type Listed = "known" | "differs" | "never_started" | "may_start";

/** One call to KV reads 10 rows: the record and the tombstone of five identities. */
const IDENTITIES_PER_READ = 5;

/** The registration hook of an identity that is younger than this may still be on its way. */
const NEW_MS = 30_000;

/** A publication that is due by then is about to write the record anyway. */
const SOON_MS = 600_000;

interface PageOptions {
  readonly store: Store;
  readonly now: number;
  /** Only identities that were created after this time may be started. Undefined: none. */
  readonly startMissingSince: number | undefined;
}

/** Compares a page of Ory's list with our records. Writes nothing and reads nothing from Ory. */
export async function comparePage(
  identities: readonly ListedIdentity[],
  options: PageOptions,
): Promise<readonly (readonly [id: string, found: Listed])[]> {
  const chunks = Array.from(
    { length: Math.ceil(identities.length / IDENTITIES_PER_READ) },
    (_, index) => identities.slice(index * IDENTITIES_PER_READ, (index + 1) * IDENTITIES_PER_READ),
  );
  return (await Promise.all(chunks.map((chunk) => compareChunk(chunk, options)))).flat();
}

async function compareChunk(
  identities: readonly ListedIdentity[],
  options: PageOptions,
): Promise<readonly (readonly [id: string, found: Listed])[]> {
  const keys = identities.flatMap(({ id }) => [verificationKey(id), tombstoneKey(id)]);
  const rows = await options.store.getMany<(Verification | Tombstone)[]>(keys);
  return await Promise.all(identities.map(async (identity, index) => {
    // The rows come in the order of their keys.
    const record = rows[2 * index]?.value as Verification | null;
    const isErased = record === null && rows[2 * index + 1]?.value !== null;
    const found = isErased ? "known" : await compareOne(identity, { record, ...options });
    return [identity.id, found] as const;
  }));
}

async function compareOne(
  identity: ListedIdentity,
  { record, store, ...options }: PageOptions & { record: Verification | null },
): Promise<Listed> {
  const { id, jumio } = identity;
  const metadata = parseJumioMetadata(jumio);
  if (record !== null) {
    const isSame = compareRecord(record, metadata).length === 0 && !isOverdue(record, options);
    return isSame || await isUnderWay(store, { id, now: options.now }) ? "known" : "differs";
  }
  const decision = decideReconciliation({ record, metadata, named: null }, { identityId: id });
  return decision === "not_started" ? judgeMissing(identity, options) : "differs";
}

/** Whether a start or a publication of this identity has still to be done. */
async function isUnderWay(
  store: Store,
  { id, now }: { id: string; now: number },
): Promise<boolean> {
  const [start, publish] = await store.getMany<[Job<StartData>, Job<PublishData>]>([
    jobKey(START, id),
    jobKey(PUBLISH, id),
  ]);
  return start.value !== null || (publish.value?.dueAt ?? Infinity) <= now + SOON_MS;
}

/** An identity with keys of Ory's public sample has a verification, which `migrate` converts. */
function judgeMissing(
  { createdAt, jumio, flatPublic, flatAdmin }: ListedIdentity,
  { now, startMissingSince = Infinity }: Omit<PageOptions, "store">,
): Listed {
  if (Object.keys({ ...flatPublic, ...flatAdmin }).length > 0) return "known";
  const created = parseTimestamp(createdAt);
  if (created !== null && created > now - NEW_MS) return "known";
  const isBare = jumio === undefined || jumio === null;
  return isBare && created !== null && created > startMissingSince ? "may_start" : "never_started";
}
