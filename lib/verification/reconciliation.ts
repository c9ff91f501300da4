// SPDX-License-Identifier: Apache-2.0
import {
  adoptRecord,
  type ComparedField,
  compareRecord,
  decideReconciliation,
  type Reconciliation,
  roundOfNamed,
} from "./compare_record.ts";
import { type Execution, executionKey, identityExecutionKey } from "./executions.ts";
import { CHECK, type CheckData, PUBLISH, type PublishData } from "./job_kinds.ts";
import { requestCheck, requestPublish } from "./requests.ts";
import { isOverdue, requestOverdueExpiry } from "./validity.ts";
import {
  saveVerification,
  type Tombstone,
  tombstoneKey,
  type Verification,
  verificationKey,
} from "./rows.ts";
import { isDecided } from "./verdict.ts";
import { type DeadLetter, deadLetterKey } from "../jobs/dead_letters.ts";
import { type Job, jobKey } from "../jobs/job.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import type { Store } from "../kv/store.ts";
import type { Update } from "../kv/update.ts";
import { mergeWrites, type Row, type Write } from "../kv/write.ts";

export const RECONCILE_OUTCOMES = [
  "same",
  "not_started",
  "published",
  "adopting",
  "erased",
  "unknown_identity",
] as const;

/**
 * What was done about an identity.
 *
 * - `same`: record and metadata agree. `not_started`: neither names a verification.
 * - `published`: the record will be written to the identity, or ends first because its validity is over.
 * - `adopting`: the record was older than the metadata, see {@linkcode Reconciliation}.
 * - `erased`: skipped. `unknown_identity`: Ory does not know it; nothing was changed.
 */
export type ReconcileOutcome = typeof RECONCILE_OUTCOMES[number];

export interface Reconciled {
  readonly outcome: ReconcileOutcome;
  /** The fields in which record and metadata differed. */
  readonly differences: readonly ComparedField[];
}

const OUTCOMES: Readonly<Record<Reconciliation, ReconcileOutcome>> = {
  "same": "same",
  "not_started": "not_started",
  "publish": "published",
  "adopt": "adopting",
  "confirm": "adopting",
};

interface Rows {
  readonly verification: Row<Verification>;
  readonly tombstone: Row<Tombstone>;
  readonly publish: Row<Job<PublishData>>;
  /** Of the execution that the metadata names. Undefined where it names none. */
  readonly execution: Row<Execution> | undefined;
  readonly check: Row<Job<CheckData>> | undefined;
  /** Its check, if that was given up. */
  readonly letter?: Row<DeadLetter> | undefined;
}

/** An operator's start ends an erasure: then there is a record again. */
export function hasTombstone(
  { verification, tombstone }: Pick<Rows, "verification" | "tombstone">,
): boolean {
  return verification.value === null && tombstone.value !== null;
}

/** Reads the rows that an identity and its metadata are compared with. */
export async function readRows(
  store: Store,
  { identityId, metadata }: { identityId: string; metadata: JumioMetadata | null },
): Promise<Rows> {
  const id = metadata?.["workflow_execution_id"] ?? undefined;
  const keys = [
    verificationKey(identityId),
    tombstoneKey(identityId),
    jobKey(PUBLISH, identityId),
  ] as const;
  if (id === undefined) {
    const [verification, tombstone, publish] = await store.getMany<
      [Verification, Tombstone, Job<PublishData>]
    >(keys);
    return { verification, tombstone, publish, execution: undefined, check: undefined };
  }
  const [verification, tombstone, publish, execution, check, letter] = await store.getMany<
    [Verification, Tombstone, Job<PublishData>, Execution, Job<CheckData>, DeadLetter]
  >([...keys, executionKey(id), jobKey(CHECK, id), deadLetterKey(CHECK, id)]);
  return { verification, tombstone, publish, execution, check, letter };
}

/** Builds the write that follows from comparing an identity with our record. */
export function buildReconciliation(
  rows: Rows,
  { identityId, metadata, now, trace }: {
    identityId: string;
    metadata: JumioMetadata | null;
    now: number;
    trace?: string | undefined;
  },
): Update<Reconciled> {
  const { verification, tombstone, publish } = rows;
  const record = verification.value;
  if (hasTombstone(rows)) return { outcome: { outcome: "erased", differences: [] } };
  const named = rows.execution?.value ?? null;
  const decided = decideReconciliation({ record, metadata, named }, { identityId });
  const compared = decided === "confirm" && isInvented(rows, metadata) ? "publish" : decided;
  const isTakenForGone = (record?.goneAt ?? null) !== null;
  const decision = compared === "same" && isTakenForGone ? "publish" : compared;
  const reconciled = {
    outcome: OUTCOMES[decision],
    differences: compareRecord(record, metadata),
  };
  const checks = { checks: [verification, tombstone] };
  if (decision === "same" && record !== null && isOverdue(record, { now })) {
    const write = mergeWrites(checks, requestOverdueExpiry(record, { now }));
    return { write, outcome: { ...reconciled, outcome: "published" } };
  }
  const options = { identityId, now, trace };
  if (decision === "publish") {
    // Ory knows the identity after all. Nothing is published of one that counts as deleted.
    const found = record !== null && isTakenForGone
      ? saveVerification(verification, { ...record, goneAt: null })
      : {};
    const write = mergeWrites(checks, found, requestPublish(publish, options));
    return { write, outcome: reconciled };
  }
  if (metadata === null || decision !== "adopt" && decision !== "confirm") {
    return { outcome: reconciled };
  }
  const adopted = adoptRecord(metadata, { record, ...options });
  const write = decision === "adopt"
    ? mergeWrites(
      { checks: [tombstone] },
      saveVerification(verification, adopted),
      createExecution(rows, { adopted, ...options }),
    )
    : checks;
  return {
    write: mergeWrites(write, requestCheckOf(rows, { metadata, ...options })),
    outcome: reconciled,
  };
}

/**
 * Whether the metadata names no decision, and an execution that Jumio has not known for a day: nothing
 * can be confirmed any more, and our own decision must not wait for it.
 */
function isInvented({ letter }: Rows, metadata: JumioMetadata | null): boolean {
  return metadata !== null && !isDecided(metadata) && letter?.value?.reason === "jumio_not_found";
}

/** Creates the row of the execution that the metadata names, so that it can still be settled. */
function createExecution(
  { execution: row }: Rows,
  { adopted, now, trace }: { adopted: Verification; now: number; trace: string | undefined },
): Write {
  const { identityId, accountId, workflowExecutionId, initiatedAt } = adopted;
  if (row === undefined || workflowExecutionId === null || accountId === null) return {};
  if (row.value !== null) return { checks: [row] };
  const value: Execution = {
    v: 1,
    identityId,
    accountId,
    callbackTokenHash: null,
    createdAt: initiatedAt ?? now,
    round: roundOfNamed(adopted),
    isUnconfirmed: true,
    openedAt: null,
    settled: null,
    ...(trace === undefined ? {} : { trace }),
  };
  const listKey = identityExecutionKey(identityId, value.createdAt, workflowExecutionId);
  return {
    checks: [row],
    sets: [{ key: row.key, value }, { key: listKey, value: null }],
  };
}

/** Asks Jumio about the execution that the metadata names, unless its result is known already. */
function requestCheckOf(
  { verification, execution, check }: Rows,
  { metadata, now, trace }: { metadata: JumioMetadata; now: number; trace: string | undefined },
): Write {
  const workflowExecutionId = metadata["workflow_execution_id"] ?? null;
  const accountId = metadata["account_id"] ?? verification.value?.accountId ?? null;
  const isSettled = (execution?.value?.settled ?? null) !== null;
  if (check === undefined || workflowExecutionId === null || accountId === null || isSettled) {
    return {};
  }
  const poll = { workflowExecutionId, accountId, pollAfterMs: 0 };
  return requestCheck(check, { ...poll, dueAt: now, now, trace });
}
