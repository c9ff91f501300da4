import type { Config } from "../../config/config.ts";
import type { Job } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { Kratos } from "../../kratos/client.ts";
import { isSameMetadata, type JumioMetadata } from "../../kratos/metadata.ts";
import { toTimestamp } from "../../timestamp.ts";
import { createLink, linkPeriod } from "../link.ts";
import type { Log } from "../../log.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Write } from "../../kv/write.ts";
import { recordEvent } from "../../history/timeline.ts";
import {
  EXECUTION_LIFETIME_MS,
  type ExecutionLink,
  executionLinkKey,
  saveVerification,
  type Verification,
  verificationKey,
} from "../rows.ts";

/** A settings submission that began before our write is over by then. */
const CONFIRM_AFTER_MS = 60_000;

/** What {@linkcode handlePublish} needs. */
export interface PublishOptions {
  readonly store: Store;
  readonly kratos: Kratos;
  readonly now: () => number;
  readonly log: Log;
  readonly publicUrl: Config["publicUrl"];
  readonly link: Config["link"];
  readonly revokeSessionsOnRejection: boolean;
}

/**
 * Writes on the identity what our record says at this moment; the job itself carries nothing.
 *
 * Kratos keeps the whole row of the last writer, so a settings submission at the same time can undo
 * our write. A minute after a verdict one read confirms it, or it is written again.
 */
export async function handlePublish(
  job: Job<"publish">,
  options: PublishOptions,
): Promise<JobResult<"publish">> {
  const { store, kratos, now, log } = options;
  const row = await store.get<Verification>(verificationKey(job.id));
  const verification = row.value;
  if (verification === null || verification.goneAt !== null) {
    return { kind: "done", outcome: "ignored" };
  }
  const metadata = await describeVerification(verification, options);
  const unchanged = { checks: [row] };
  const told = { status: verification.status, verdict: verification.verdict };
  const event = (kind: "publish" | "confirm", outcome: string) =>
    recordEvent(job.id, { at: now(), event: kind, details: { outcome, ...told } });

  if (job.data.isConfirmation) {
    const found = await kratos.getJumioMetadata(job.id);
    if (found !== undefined && isSameMetadata(found, metadata)) {
      const confirmed = mergeWrites(unchanged, event("confirm", "applied"));
      return rest(verification, { ...options, write: confirmed });
    }
    log.warn("An identity lost what was written on it", { identityId: job.id });
  }
  if (!await kratos.patchJumioMetadata(job.id, metadata)) {
    log.warn("Ory does not know this identity any more", { identityId: job.id });
    const gone = mergeWrites(
      saveVerification(row, { ...verification, goneAt: now() }, {
        expireInMs: EXECUTION_LIFETIME_MS,
      }),
      event("publish", "identity_gone"),
    );
    return { kind: "done", outcome: "identity_gone", write: gone };
  }
  const { status, verdict } = verification;
  log.info("Wrote an identity", {
    identityId: job.id,
    workflowExecutionId: verification.workflowExecutionId,
    status,
    verdict,
  });
  if (status === "rejected" && options.revokeSessionsOnRejection) {
    await kratos.deleteSessions(job.id);
    log.info("Ended the sessions of a rejected identity", { identityId: job.id });
  }
  const write = mergeWrites(unchanged, event("publish", "applied"));
  if (status === "pending") return rest(verification, { ...options, write });
  const dueAt = now() + CONFIRM_AFTER_MS;
  return { kind: "again", dueAt, data: { isConfirmation: true }, write };
}

/** Until the link of a person who is not settled has to be written anew: nothing is left to do. */
function rest(
  { status, acceptedAt }: Verification,
  { link, now, write }: PublishOptions & { write: Write },
): JobResult<"publish"> {
  const isSettled = status !== "pending" && status !== "expired";
  if (isSettled || link === undefined) {
    return { kind: "done", outcome: "applied", write };
  }
  const { renewedAt: dueAt } = linkPeriod({ ...link, acceptedAt, now: now() });
  return { kind: "again", dueAt, data: { isConfirmation: false }, write };
}

/** What {@linkcode Verification} says in the words of `metadata_public.jumio`. */
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

/** Our page's address, the same at every writing of a period; without `PUBLIC_URL` Jumio's own live link. */
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
