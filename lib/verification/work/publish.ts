import { EXECUTION_LIFETIME_MS, type ExecutionLink, executionLinkKey } from "../executions.ts";
import type { PublishData } from "../job_kinds.ts";
import { createLink, type LinkKeys, linkPeriod } from "../link.ts";
import { saveVerification, type Verification, verificationKey } from "../rows.ts";
import { recordEvent } from "../../history/timeline.ts";
import type { Job } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { Kratos } from "../../kratos/client.ts";
import { isSameMetadata, type JumioMetadata } from "../../kratos/metadata.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Row, type Write } from "../../kv/write.ts";
import type { Log } from "../../log.ts";
import { toTimestamp } from "../../timestamp.ts";

/** A settings submission that began before our write is over by then. */
const CONFIRM_AFTER_MS = 60_000;

/** What {@linkcode handlePublish} needs. */
export interface PublishOptions {
  readonly store: Store;
  readonly kratos: Pick<Kratos, "getJumioMetadata" | "patchJumioMetadata" | "deleteSessions">;
  readonly now: () => number;
  readonly log: Log;
  readonly publicUrl: string | undefined;
  /** How the person's links are signed. Undefined without `PUBLIC_URL`. */
  readonly link: { readonly keys: LinkKeys; readonly lifetimeDays: number } | undefined;
  readonly revokeSessionsOnRejection: boolean;
}

/** A verification with its row. */
interface Published {
  readonly row: Row<Verification>;
  readonly verification: Verification;
}

/**
 * Writes what our record says at this moment to the identity. The job carries no payload.
 *
 * Kratos keeps the whole row of the last writer, so a settings submission at the same time can undo
 * our write. A minute after a verdict one read confirms it, or it is written again.
 */
export async function handlePublish(
  job: Job<PublishData>,
  options: PublishOptions,
): Promise<JobResult<PublishData>> {
  const { store, kratos, now, log } = options;
  const row = await store.get<Verification>(verificationKey(job.id));
  const verification = row.value;
  if (verification === null || verification.goneAt !== null) {
    return { kind: "done", outcome: "ignored" };
  }
  const published: Published = { row, verification };
  const metadata = await describeVerification(verification, options);
  if (job.data.isConfirmation) {
    const found = await kratos.getJumioMetadata(job.id);
    if (found !== undefined && isSameMetadata(found, metadata)) {
      return untilRenewal(published, { event: "confirm", options });
    }
    log.warn("An identity lost what was written to it", { identityId: job.id });
  }
  if (!await kratos.patchJumioMetadata(job.id, metadata)) return concludeGone(published, options);
  log.info("Published a verification", {
    identityId: job.id,
    workflowExecutionId: verification.workflowExecutionId,
    status: verification.status,
    verdict: verification.verdict,
  });
  if (verification.status === "rejected" && options.revokeSessionsOnRejection) {
    await kratos.deleteSessions(job.id);
    log.info("Revoked the sessions of a rejected identity", { identityId: job.id });
  }
  if (verification.status === "pending") {
    return untilRenewal(published, { event: "publish", options });
  }
  const write = recordPublished(published, { event: "publish", outcome: "applied", now: now() });
  const dueAt = now() + CONFIRM_AFTER_MS;
  return { kind: "again", dueAt, data: { isConfirmation: true }, write };
}

/** Ory has deleted the identity. The record expires with the settled executions. */
function concludeGone(
  published: Published,
  { log, now }: PublishOptions,
): JobResult<PublishData> {
  const { row, verification } = published;
  log.warn("Ory does not know this identity any more", { identityId: verification.identityId });
  const outcome = "identity_gone";
  const lifetime = { expireInMs: EXECUTION_LIFETIME_MS };
  const write = mergeWrites(
    saveVerification(row, { ...verification, goneAt: now() }, lifetime),
    recordPublished(published, { event: "publish", outcome, now: now() }),
  );
  return { kind: "done", outcome, write };
}

/** Nothing is left to do, or nothing until the link of an unverified person has to be renewed. */
function untilRenewal(
  published: Published,
  { event, options: { link, now } }: { event: "publish" | "confirm"; options: PublishOptions },
): JobResult<PublishData> {
  const write = recordPublished(published, { event, outcome: "applied", now: now() });
  const { status, acceptedAt } = published.verification;
  const isDecided = status !== "pending" && status !== "expired";
  if (isDecided || link === undefined) return { kind: "done", outcome: "applied", write };
  const { renewedAt: dueAt } = linkPeriod({ ...link, acceptedAt, now: now() });
  return { kind: "again", dueAt, data: { isConfirmation: false }, write };
}

/** Also checks that the record did not change since it was read. */
function recordPublished(
  { row, verification: { identityId, status, verdict } }: Published,
  { event, outcome, now: at }: { event: "publish" | "confirm"; outcome: string; now: number },
): Write {
  const details = { outcome, status, verdict };
  return mergeWrites({ checks: [row] }, recordEvent(identityId, { at, event, details }));
}

/** The verification in the form of `metadata_public.jumio`. */
async function describeVerification(
  verification: Verification,
  options: PublishOptions,
): Promise<JumioMetadata> {
  const { status, verdict, accountId, workflowExecutionId, initiatedAt, decidedAt } = verification;
  return {
    status,
    verdict,
    "account_id": accountId,
    "workflow_execution_id": workflowExecutionId,
    "verification_url": await verificationUrl(verification, options),
    "initiated_at": toTimestamp(initiatedAt),
    "decided_at": toTimestamp(decidedAt),
  };
}

/** Our page's address, which stays the same for a period. Without `PUBLIC_URL`, Jumio's own link. */
async function verificationUrl(
  { identityId, acceptedAt, workflowExecutionId }: Verification,
  { store, now, publicUrl, link }: PublishOptions,
): Promise<string | null> {
  if (publicUrl !== undefined && link !== undefined) {
    const { issuedAt } = linkPeriod({ ...link, acceptedAt, now: now() });
    return await createLink(identityId, { ...link, publicUrl, issuedAt });
  }
  if (workflowExecutionId === null) return null;
  const row = await store.get<ExecutionLink>(executionLinkKey(workflowExecutionId));
  return row.value !== null && row.value.expiresAt > now() ? row.value.href : null;
}
