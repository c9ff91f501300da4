import type { CheckData, PublishData } from "../job_kinds.ts";
import { createVerification, type Verification } from "../rows.ts";
import type { Conclusion } from "../verdict.ts";
import {
  applyToVerification,
  type CheckRun,
  describeSettled,
  isConfirmed,
  type Owner,
  readVerification,
  settleExecution,
} from "./_settle.ts";
import type { Job } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { WorkflowDetails } from "../../jumio/client.ts";
import { mergeWrites, type Row } from "../../kv/write.ts";
import { parseTimestamp } from "../../timestamp.ts";

const IDENTITY_ID = /^[0-9a-f-]{36}$/i;

/**
 * Settles an execution that we have no record of: KV was lost, or it is not ours. It counts only if
 * the identity that Jumio names carries it in its metadata, and we have no record of that identity.
 */
export async function adoptExecution(
  conclusion: Conclusion,
  details: WorkflowDetails,
  run: CheckRun,
): Promise<JobResult<CheckData>> {
  const { job, options: { log } } = run;
  const { accountId } = job.data;
  const owner: Owner = { identityId: details.customerInternalReference ?? "", accountId };
  const found = isCredible(details, owner, run) ? await findVerification(owner, run) : undefined;
  if (found === undefined) {
    log.warn("Ignored an execution that is not ours", { workflowExecutionId: job.id });
    const outcome = "ignored";
    const write = settleExecution(owner, { outcome, conclusion: null, run });
    return { kind: "done", outcome, write };
  }
  const { identityId } = owner;
  log.warn("Adopted an execution that only the identity's metadata names", {
    workflowExecutionId: job.id,
    identityId,
  });
  const change = applyToVerification(found.row, { publish: found.publish, conclusion, run });
  const settled = settleExecution(owner, { outcome: "applied", conclusion: conclusion.kind, run });
  return {
    kind: "done",
    outcome: "applied",
    write: mergeWrites(settled, change.write),
    settled: describeSettled(run, change.verification),
  };
}

/** Whether Jumio confirms the execution for the identity that its callback's token was made for. */
function isCredible(details: WorkflowDetails, owner: Owner, { job }: CheckRun): boolean {
  const expected = job.data.expectedIdentityId ?? owner.identityId;
  return isConfirmed(details, { workflowExecutionId: job.id, ...owner }) &&
    expected === owner.identityId && IDENTITY_ID.test(owner.identityId);
}

/** The verification that the identity's metadata describes, if it names this execution. */
async function findVerification(
  { identityId, accountId }: Owner,
  run: CheckRun,
): Promise<
  | { row: Row<Verification> & { readonly value: Verification }; publish: Row<Job<PublishData>> }
  | undefined
> {
  const { job, options: { kratos, now } } = run;
  const [row, publish] = await readVerification(identityId, run);
  if (row.value !== null) return undefined;
  const metadata = await kratos.getJumioMetadata(identityId);
  const isNamed = metadata?.["workflow_execution_id"] === job.id &&
    metadata["account_id"] === accountId;
  if (!isNamed) return undefined;
  const value: Verification = {
    ...createVerification(identityId, { now: now() }),
    accountId,
    workflowExecutionId: job.id,
    initiatedAt: parseTimestamp(metadata["initiated_at"]) ?? now(),
  };
  return { row: { ...row, value }, publish };
}
