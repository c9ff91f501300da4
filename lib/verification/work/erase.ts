// SPDX-License-Identifier: Apache-2.0
import { deleteAnyJob } from "./_delete_job.ts";
import { deleteEvents } from "./_events.ts";
import { describeLeft, isLeftMetadata } from "./_left_metadata.ts";
import { concludeLosses, confirmAt, countLoss, OVERWRITTEN } from "./_losses.ts";
import { concludeRefused, patchIdentity, type PatchOptions } from "./_patch_identity.ts";
import { type CreateCalls, createCallsKey, endTokens } from "../create_calls.ts";
import { identityExecutionKey, listExecutions } from "../executions.ts";
import { CHECK, type EraseData, JOB_KINDS } from "../job_kinds.ts";
import { removeFromReports } from "../sweep.ts";
import { restartsKey, type Tombstone, tombstoneKey } from "../rows.ts";
import { timelineKey } from "../../history/timeline.ts";
import { deadLetterKey } from "../../jobs/dead_letters.ts";
import type { Job } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { Jumio } from "../../jumio/client.ts";
import type { Kratos } from "../../kratos/client.ts";
import type { JumioMetadata } from "../../kratos/metadata.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Write } from "../../kv/write.ts";
import type { Log } from "../../log.ts";

/** How many rows are deleted in one write. */
const DELETE_BATCH = 500;

/** What {@linkcode handleErase} needs. */
export interface EraseOptions {
  readonly store: Store;
  readonly jumio: Pick<Jumio, "deleteAccount">;
  readonly kratos: PatchOptions["kratos"] & Pick<Kratos, "getJumioMetadata">;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Erases an identity's verification: the accounts at Jumio, the ids and the link on the identity,
 * then our rows. Each step is safe to repeat. The rows that name the remaining work are deleted last,
 * so that a crash between two steps loses nothing.
 *
 * The status stays on the identity, because it decides whether the person may sign in.
 */
export async function handleErase(
  job: Job<EraseData>,
  options: EraseOptions,
): Promise<JobResult<EraseData>> {
  const { store, jumio, kratos, log } = options;
  const { value: tombstone } = await store.get<Tombstone>(tombstoneKey(job.id));
  await deleteEvents(store, { identityId: job.id, upTo: tombstone?.sequence ?? 0 });
  for (const accountId of job.data.accountIds) await jumio.deleteAccount(accountId);
  const found = await kratos.getJumioMetadata(job.id);
  const named = found?.["account_id"] ?? undefined;
  // Only the identity names this account, because our KV was lost once.
  if (named !== undefined && !job.data.accountIds.includes(named)) {
    await jumio.deleteAccount(named);
  }
  const left = describeLeft(job.data, found);
  if (found !== undefined && left !== undefined && !isLeftMetadata(found, left)) {
    return await eraseFromIdentity(job, left, options);
  }
  await deleteTimelinesAndChecks(job.id, options);
  log.info("Erased an identity's verification", { identityId: job.id });
  return { kind: "done", outcome: "applied", buildWrite: () => buildErased(job.id, options) };
}

/** A writer that had read the identity before may put everything back, so a read confirms it. */
async function eraseFromIdentity(
  { id: identityId, data: { isConfirmation, losses: previous, ...data } }: Job<EraseData>,
  left: JumioMetadata,
  options: EraseOptions,
): Promise<JobResult<EraseData>> {
  const now = options.now();
  const losses = isConfirmation
    ? countLoss(previous, { identityId, now, log: options.log })
    : previous;
  const end = losses && concludeLosses<EraseData>(losses, { ...data, isConfirmation: false });
  if (end !== undefined) return end;
  const patched = await patchIdentity(identityId, left, options);
  if (patched.kind === "refused") return concludeRefused(patched);
  return {
    kind: "again",
    dueAt: confirmAt(losses, { now }),
    data: { ...data, accountIds: [], isConfirmation: true, ...(losses && { losses }) },
    ...(isConfirmation && { failure: OVERWRITTEN }),
  };
}

/** A check that is under way then writes nothing any more. */
async function deleteTimelinesAndChecks(
  identityId: string,
  { store }: EraseOptions,
): Promise<void> {
  const executions = await listExecutions(store, identityId);
  for (const { id } of executions) await deleteAnyJob(store, { kind: CHECK, id });
  for (const id of [identityId, ...executions.map((execution) => execution.id)]) {
    for (;;) {
      const rows = await store.list({ prefix: timelineKey(id) }, { limit: DELETE_BATCH });
      if (rows.length > 0) await store.commit({ deletes: rows.map(({ key }) => key) });
      if (rows.length < DELETE_BATCH) break;
    }
  }
}

/** The times of create calls stay for a day: a start after the erasure counts with them. */
async function buildErased(identityId: string, { store, now }: EraseOptions): Promise<Write> {
  const [tombstone, calls, listed, reports] = await Promise.all([
    store.get<Tombstone>(tombstoneKey(identityId)),
    store.get<CreateCalls>(createCallsKey(identityId)),
    store.list({ prefix: identityExecutionKey(identityId) }, { limit: DELETE_BATCH }),
    removeFromReports(store, identityId),
  ]);
  return mergeWrites(reports, endTokens(calls, { except: null }), {
    checks: [tombstone],
    deletes: [
      ...listed.map(({ key }) => key),
      ...JOB_KINDS.map((kind) => deadLetterKey(kind, identityId)),
      ...listed.map(({ key }) => deadLetterKey(CHECK, String(key[3]))),
      restartsKey(identityId),
    ],
    sets: tombstone.value === null ? [] : [{
      key: tombstone.key,
      value: { ...tombstone.value, erasedAt: now() },
    }],
  });
}
