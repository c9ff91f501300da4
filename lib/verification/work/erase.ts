import { listExecutions, type Tombstone, tombstoneKey } from "../accept/erasure.ts";
import { deadLetterKey, type JobResult } from "../../jobs/result.ts";
import { type Job, JOB_KINDS } from "../../jobs/job.ts";
import type { Jumio } from "../../jumio/client.ts";
import type { Kratos } from "../../kratos/client.ts";
import { isSameMetadata, type JumioMetadata } from "../../kratos/metadata.ts";
import { toTimestamp } from "../../timestamp.ts";
import type { Log } from "../../log.ts";
import { restartsKey } from "../accept/restart.ts";
import type { Store } from "../../kv/store.ts";
import type { Write } from "../../kv/write.ts";
import { timelineKey } from "../../history/timeline.ts";
import { identityExecutionKey } from "../rows.ts";

/** A settings submission that began before our write is over by then. */
const CONFIRM_AFTER_MS = 60_000;

/** How many rows are cleared away at once. */
const CLEAR_BATCH = 500;

/** What {@linkcode handleErase} needs. */
export interface EraseOptions {
  readonly store: Store;
  readonly jumio: Jumio;
  readonly kratos: Kratos;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Erases what an operator wants forgotten: the accounts at Jumio, the ids and the link on the
 * identity, then our rows. Each step is safe to repeat, and the rows that name what is left to do go
 * last, so that a crash between two steps loses none.
 *
 * The status stays on the identity: it decides who may sign in.
 */
export async function handleErase(
  job: Job<"erase">,
  options: EraseOptions,
): Promise<JobResult<"erase">> {
  const { jumio, kratos, now, log } = options;
  for (const accountId of job.data.accountIds) await jumio.deleteAccount(accountId);
  const found = await kratos.getJumioMetadata(job.id);
  const named = found?.["account_id"] ?? undefined;
  // An account that only the identity knew: our KV was lost once.
  if (named !== undefined && !job.data.accountIds.includes(named)) {
    await jumio.deleteAccount(named);
  }
  const left = describeLeft(job, found);
  if (found !== undefined && left !== undefined && !isSameMetadata(found, left)) {
    await kratos.patchJumioMetadata(job.id, left);
    // Whoever had read the identity before may put all of it back.
    const data = { ...job.data, accountIds: [], isConfirmation: true };
    return { kind: "again", dueAt: now() + CONFIRM_AFTER_MS, data };
  }
  await clearTimelines(job.id, options);
  log.info("Erased an identity's verification", { identityId: job.id });
  return { kind: "done", outcome: "applied", write: () => finish(job.id, options) };
}

/** What the identity says from now on. Undefined where it says nothing, and needs not. */
function describeLeft(
  { data: { left } }: Job<"erase">,
  found: JumioMetadata | null | undefined,
): JumioMetadata | undefined {
  const gone = { "account_id": null, "workflow_execution_id": null, "verification_url": null };
  if (left === null) {
    return found === null || found === undefined ? undefined : {
      ...found,
      ...gone,
    };
  }
  const { status, verdict, initiatedAt, decidedAt } = left;
  return {
    status,
    verdict,
    ...gone,
    "initiated_at": toTimestamp(initiatedAt),
    "decided_at": toTimestamp(decidedAt),
  };
}

async function clearTimelines(identityId: string, { store }: EraseOptions): Promise<void> {
  const executions = await listExecutions(store, identityId);
  for (const id of [identityId, ...executions.map((execution) => execution.id)]) {
    for (;;) {
      const rows = await store.list({ prefix: timelineKey(id) }, { limit: CLEAR_BATCH });
      if (rows.length > 0) await store.commit({ deletes: rows.map(({ key }) => key) });
      if (rows.length < CLEAR_BATCH) break;
    }
  }
}

async function finish(identityId: string, { store, now }: EraseOptions): Promise<Write> {
  const [tombstone, listed] = await Promise.all([
    store.get<Tombstone>(tombstoneKey(identityId)),
    store.list({ prefix: identityExecutionKey(identityId) }, { limit: CLEAR_BATCH }),
  ]);
  const letters = JOB_KINDS.map((kind) => deadLetterKey(kind, identityId));
  const readLetters = listed.map(({ key }) => deadLetterKey("check", String(key[3])));
  return {
    checks: [tombstone],
    deletes: [
      ...listed.map(({ key }) => key),
      ...letters,
      ...readLetters,
      restartsKey(identityId),
    ],
    sets: tombstone.value === null ? [] : [{
      key: tombstone.key,
      value: { ...tombstone.value, erasedAt: now() },
    }],
  };
}
