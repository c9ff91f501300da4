// SPDX-License-Identifier: Apache-2.0
import {
  adoptRecord,
  decideReconciliation,
  type Reconciliation,
  roundOfNamed,
} from "../compare_record.ts";
import type { CheckData, PublishData } from "../job_kinds.ts";
import { requestPublish } from "../requests.ts";
import { applyConclusion } from "../round.ts";
import { type Tombstone, tombstoneKey, type Verification } from "../rows.ts";
import type { Conclusion } from "../verdict.ts";
import {
  type CheckRun,
  concludeCheck,
  isConfirmed,
  type Owner,
  readVerification,
  settleExecution,
} from "./_settle.ts";
import type { Job } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { WorkflowDetails } from "../../jumio/client.ts";
import type { JumioMetadata } from "../../kratos/metadata.ts";
import { mergeWrites, type Row } from "../../kv/write.ts";

const IDENTITY_ID = /^[0-9a-f-]{36}$/i;

/** An identity whose metadata names the execution. */
interface Found {
  readonly row: Row<Verification>;
  readonly publish: Row<Job<PublishData>>;
  readonly metadata: JumioMetadata;
  readonly reconciliation: Reconciliation;
}

/**
 * Settles an execution that we have no record of: KV was lost or put back to an older copy, or the
 * execution is not ours. It counts only if the identity that Jumio names carries it in its metadata,
 * and our record of that identity is older than the metadata.
 */
export async function adoptExecution(
  conclusion: Conclusion,
  details: WorkflowDetails,
  run: CheckRun,
): Promise<JobResult<CheckData>> {
  const { job, options: { log } } = run;
  const { accountId } = job.data;
  const owner: Owner = { identityId: details.customerInternalReference ?? "", accountId };
  const found = isCredible(details, owner, run) ? await findIdentity(owner, run) : undefined;
  if (found === undefined) {
    log.warn("Ignored an execution that is not ours", { workflowExecutionId: job.id });
    const outcome = "ignored";
    const write = settleExecution(owner, { outcome, conclusion: null, round: null, run });
    return { kind: "done", outcome, write };
  }
  log.warn("Adopted an execution that only the identity's metadata names", {
    workflowExecutionId: job.id,
    identityId: owner.identityId,
  });
  return concludeAdoption(found, { conclusion, owner, run });
}

/**
 * An end without a decision never replaces a decision, and a milder decision never replaces that of our
 * round. Then our record is published instead.
 */
function concludeAdoption(
  { row, publish, metadata, reconciliation }: Found,
  { conclusion, owner, run }: { conclusion: Conclusion; owner: Owner; run: CheckRun },
): JobResult<CheckData> {
  const { job, span: { trace }, options } = run;
  const { identityId } = owner;
  const now = options.now();
  const adopted = adoptRecord(metadata, { record: row.value, identityId, now });
  const round = run.row.value?.round ?? roundOfNamed(adopted);
  const isUnconfirmed = reconciliation === "confirm" && conclusion.kind !== "decided";
  const after = isUnconfirmed ? row.value : applyConclusion(adopted, {
    conclusion,
    execution: { id: job.id, round },
    now,
    validityMs: options.validityMs,
  });
  const result = concludeCheck(conclusion, { owner, row, after, publish, round, run });
  if (result.kind !== "done" || after !== row.value) return result;
  const again = requestPublish(publish, { identityId, now, trace });
  return { ...result, write: mergeWrites(result.write ?? {}, again) };
}

/** Whether Jumio confirms the execution for the identity that its callback's token was made for. */
function isCredible(details: WorkflowDetails, owner: Owner, { job }: CheckRun): boolean {
  const expected = job.data.expectedIdentityId ?? owner.identityId;
  return isConfirmed(details, { workflowExecutionId: job.id, ...owner }) &&
    expected === owner.identityId && IDENTITY_ID.test(owner.identityId);
}

/** The identity of the execution, if its metadata names it and our record is older. */
async function findIdentity(
  { identityId, accountId }: Owner,
  run: CheckRun,
): Promise<Found | undefined> {
  const { job, row: { value: named }, options: { store, kratos } } = run;
  const [row, publish] = await readVerification(identityId, run);
  const tombstone = await store.get<Tombstone>(tombstoneKey(identityId));
  if (row.value === null && tombstone.value !== null) return undefined;
  const metadata = await kratos.getJumioMetadata(identityId) ?? null;
  const isNamed = metadata?.["workflow_execution_id"] === job.id &&
    metadata["account_id"] === accountId;
  if (!isNamed) return undefined;
  const compared = { record: row.value, metadata, named };
  const reconciliation = decideReconciliation(compared, { identityId });
  const isBehind = reconciliation === "adopt" || reconciliation === "confirm";
  return isBehind ? { row, publish, metadata, reconciliation } : undefined;
}
