import { acceptStart } from "./accept/start.ts";
import { type Execution, executionKey, identityExecutionKey } from "./executions.ts";
import {
  createVerification,
  noVerification,
  saveVerification,
  tombstoneKey,
  type Verification,
} from "./rows.ts";
import { type Verdict, VERIFICATION_STATUSES } from "./verdict.ts";
import type { Kratos } from "../kratos/client.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites, type Write } from "../kv/write.ts";
import { parseTimestamp } from "../timestamp.ts";

const VERDICTS: readonly Verdict[] = ["PASSED", "WARNING", "FAILED"];

export interface AdoptOptions {
  readonly store: Store;
  readonly kratos: Pick<Kratos, "getJumioMetadata">;
  readonly now: () => number;
  readonly trace?: string | undefined;
}

/**
 * Creates a record for an identity that we have none of, from the identity's metadata: a decision
 * stays a decision although KV was lost. An identity that was never started is started. False if
 * Ory does not know the identity.
 */
export async function adopt(
  identityId: string,
  { store, kratos, now, trace }: AdoptOptions,
): Promise<boolean> {
  const metadata = await kratos.getJumioMetadata(identityId);
  if (metadata === undefined) return false;
  await adoptAs(metadata, { identityId, store, now: now(), trace });
  return true;
}

/** Does the same with metadata that the caller has read. Changes nothing if there is a record. */
export async function adoptAs(
  metadata: JumioMetadata | null,
  { identityId, store, now, trace }: {
    identityId: string;
    store: Store;
    now: number;
    trace?: string | undefined;
  },
): Promise<void> {
  const status = VERIFICATION_STATUSES.find((known) => known === metadata?.status);
  const workflowExecutionId = metadata?.["workflow_execution_id"] ?? null;
  const isDecided = status === "verified" || status === "review" || status === "rejected";
  if (status === undefined || (!isDecided && workflowExecutionId === null)) {
    await acceptStart(store, { identityId, now, trace });
    return;
  }
  const verification: Verification = {
    ...createVerification(identityId, { now }),
    status,
    verdict: VERDICTS.find((known) => known === metadata?.verdict) ?? null,
    accountId: metadata?.["account_id"] ?? null,
    workflowExecutionId,
    initiatedAt: parseTimestamp(metadata?.["initiated_at"]),
    decidedAt: parseTimestamp(metadata?.["decided_at"]),
  };
  // After a conflict another instance has created a record, which is as good.
  await store.commit(mergeWrites(
    saveVerification(noVerification(identityId), verification),
    // A link that still works must not bring an erased identity back.
    { checks: [{ key: tombstoneKey(identityId), versionstamp: null }] },
    isDecided ? {} : adoptExecution(verification, { now, trace }),
  ));
}

/** Creates the record of the execution that the metadata names, so that it can still be settled. */
function adoptExecution(
  { identityId, accountId, workflowExecutionId, initiatedAt }: Verification,
  { now, trace }: { now: number; trace: string | undefined },
): Write {
  if (workflowExecutionId === null || accountId === null) return {};
  const key = executionKey(workflowExecutionId);
  const value: Execution = {
    v: 1,
    identityId,
    accountId,
    callbackTokenHash: null,
    createdAt: initiatedAt ?? now,
    openedAt: null,
    settled: null,
    ...(trace === undefined ? {} : { trace }),
  };
  const listKey = identityExecutionKey(identityId, value.createdAt, workflowExecutionId);
  return {
    checks: [{ key, versionstamp: null }],
    sets: [{ key, value }, { key: listKey, value: null }],
  };
}
