// SPDX-License-Identifier: Apache-2.0
import { waitAtMost } from "../deadline.ts";
import { type Operator, recordAction } from "../history/operator_action.ts";
import { type Job, jobKey } from "../jobs/job.ts";
import type { JobRunner } from "../jobs/runner.ts";
import type { Kratos } from "../kratos/client.ts";
import type { Store } from "../kv/store.ts";
import { type Update, updateRows } from "../kv/update.ts";
import { mergeWrites, type Write } from "../kv/write.ts";
import type { Log } from "../log.ts";
import { CHECK, PUBLISH, type PublishData } from "../verification/job_kinds.ts";
import { findRecord, type VerificationRecord } from "../verification/list.ts";
import {
  type Reconciled,
  type ReconcileOutcome,
  reconcileWith,
} from "../verification/reconcile_identity.ts";
import { requestPublish } from "../verification/requests.ts";
import {
  saveVerification,
  type Tombstone,
  tombstoneKey,
  type Verification,
  verificationKey,
} from "../verification/rows.ts";

export interface PublishAgainOptions {
  readonly store: Store;
  readonly kratos: Pick<Kratos, "getJumioMetadata">;
  readonly jobs: Pick<JobRunner, "attempt">;
  readonly now: () => number;
  readonly log: Log;
  readonly operator: Operator;
  /** Publishes the record whatever the metadata says. Does not read the identity first. */
  readonly isForced: boolean;
  /** How long to wait for the job. It continues afterwards. */
  readonly attemptMs: number;
  readonly trace?: string | undefined;
}

/** What was done, and the record afterwards. */
export interface PublishedAgain extends Reconciled {
  readonly record: VerificationRecord;
}

/** Nothing follows from these, so nothing is recorded under an id that may be a typing error. */
const WITHOUT_ACTION: readonly ReconcileOutcome[] = ["erased", "not_started"];

/**
 * Publishes the record of an identity in any state, if that follows from comparing it with the
 * identity's metadata, and waits for the job.
 *
 * @returns Undefined where neither we nor Ory know the id.
 * @throws {UpstreamError} If Ory cannot be read. Then nothing was changed.
 */
export async function publishAgain(
  identityId: string,
  options: PublishAgainOptions,
): Promise<PublishedAgain | undefined> {
  const { store, kratos, jobs, isForced, attemptMs } = options;
  const metadata = isForced ? null : await kratos.getJumioMetadata(identityId);
  const reconciled = isForced
    ? await forcePublication(identityId, options)
    : metadata === undefined
    ? await recordUnknown(identityId, options)
    : await reconcileWith(metadata, {
      identityId,
      ...options,
      alsoWrite: (reconciled) => recordPublish(identityId, { reconciled, ...options }),
    });
  if (reconciled.outcome === "published") {
    await waitAtMost(attemptMs, jobs.attempt(PUBLISH, identityId));
  }
  const executionId = metadata?.["workflow_execution_id"] ?? undefined;
  if (reconciled.outcome === "adopting" && executionId !== undefined) {
    await waitAtMost(attemptMs, jobs.attempt(CHECK, executionId));
  }
  const record = await findRecord(store, identityId);
  if (record !== undefined) return { ...reconciled, record };
  if (reconciled.outcome === "unknown_identity" || isForced) return undefined;
  return {
    ...reconciled,
    record: { identityId, verification: null, executions: [], tombstone: null },
  };
}

/** Requests the publication of the record. Finds out nothing about Ory: it may be down. */
async function forcePublication(
  identityId: string,
  options: PublishAgainOptions,
): Promise<Reconciled> {
  const { store, now, trace } = options;
  return await updateRows(store, { action: "publish a record again", build });

  async function build(): Promise<Update<Reconciled>> {
    const [row, tombstone, job] = await store.getMany<
      [Verification, Tombstone, Job<PublishData>]
    >([verificationKey(identityId), tombstoneKey(identityId), jobKey(PUBLISH, identityId)]);
    if (row.value === null) {
      const outcome = tombstone.value === null ? "not_started" : "erased";
      return { outcome: { outcome, differences: [] } };
    }
    const reconciled: Reconciled = { outcome: "published", differences: [] };
    const write = mergeWrites(
      // Nothing is published of an identity that counts as deleted.
      row.value.goneAt === null
        ? { checks: [row] }
        : saveVerification(row, { ...row.value, goneAt: null }),
      requestPublish(job, { identityId, isForced: true, now: now(), trace }),
      recordPublish(identityId, { reconciled, ...options }),
    );
    return { write, outcome: reconciled };
  }
}

/** Ory does not know the identity. An operator's attempt is recorded if we know it. */
async function recordUnknown(
  identityId: string,
  options: PublishAgainOptions,
): Promise<Reconciled> {
  const { store } = options;
  const reconciled: Reconciled = { outcome: "unknown_identity", differences: [] };
  const { value } = await store.get<Verification>(verificationKey(identityId));
  if (value !== null) {
    await store.commit(recordPublish(identityId, { reconciled, ...options }));
  }
  return reconciled;
}

function recordPublish(
  identityId: string,
  { reconciled: { outcome, differences }, now, operator, isForced }: PublishAgainOptions & {
    reconciled: Reconciled;
  },
): Write {
  if (WITHOUT_ACTION.includes(outcome)) return {};
  const details = {
    outcome,
    ...(differences.length === 0 ? {} : { differences: differences.join(" ") }),
    ...(isForced ? { "forced": "yes" } : {}),
  };
  return recordAction(identityId, { at: now(), action: "publish", operator, details });
}
