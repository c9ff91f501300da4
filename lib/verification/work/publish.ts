// SPDX-License-Identifier: Apache-2.0
import { concludeLosses, confirmAt, countLoss, OVERWRITTEN, recordLosses } from "./_losses.ts";
import { concludeRefused, patchIdentity, type PatchOptions } from "./_patch_identity.ts";
import { describeVerification, type MetadataOptions } from "./_metadata.ts";
import { compareRecord } from "../compare_record.ts";
import { EXECUTION_LIFETIME_MS } from "../executions.ts";
import type { Losses, PublishData } from "../job_kinds.ts";
import { linkPeriod } from "../link.ts";
import { adoptIfNewer } from "../reconcile_identity.ts";
import { releaseEvent } from "../requests.ts";
import {
  changedAtOf,
  lastChangeOf,
  saveVerification,
  type Verification,
  verificationKey,
} from "../rows.ts";
import { isDecided } from "../verdict.ts";
import { recordEvent } from "../../history/timeline.ts";
import type { Job } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { Kratos } from "../../kratos/client.ts";
import { mergeWrites, type Row, type Write } from "../../kv/write.ts";
import type { Log } from "../../log.ts";

/** A job that was requested so recently is not from an older copy of KV. */
const FRESH_MS = 30_000;

/** What {@linkcode handlePublish} needs. */
export interface PublishOptions extends MetadataOptions {
  readonly kratos: PatchOptions["kratos"] & Pick<Kratos, "getJumioMetadata" | "deleteSessions">;
  readonly log: Log;
  readonly revokeSessionsOnRejection: boolean;
}

/** A write to the identity that is to be done. */
interface Due {
  readonly losses: Losses | undefined;
  /** An earlier write of the same state was lost. */
  readonly isRepair: boolean;
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
 *
 * A record may be older than the identity: KV was put back to an older copy, with this job in it. So
 * the identity is read first, unless the job is new, and if it says more than the record, it is
 * adopted instead. Without a decision even a new job may be of an old record.
 */
export async function handlePublish(
  job: Job<PublishData>,
  options: PublishOptions,
): Promise<JobResult<PublishData>> {
  const { store, log } = options;
  const row = await store.get<Verification>(verificationKey(job.id));
  const verification = row.value;
  if (verification === null || verification.goneAt !== null) {
    return { kind: "done", outcome: "ignored" };
  }
  const published: Published = { row, verification };
  const mayBeOlder = !isFresh(job, { verification, now: options.now() });
  let due: Due = { losses: job.data.losses, isRepair: false };
  if (job.data.isConfirmation || mayBeOlder) {
    const read = await readFirst(job, { published, options });
    if ("kind" in read) return read;
    due = read;
  }
  const metadata = await describeVerification(verification, options);
  const patched = await patchIdentity(job.id, metadata, options);
  if (patched.kind === "gone") return concludeGone(published, options);
  if (patched.kind === "refused") return concludeRefused(patched);
  const { workflowExecutionId, status, verdict } = verification;
  log.info("Published a verification", {
    identityId: job.id,
    workflowExecutionId,
    status,
    verdict,
  });
  await revokeSessions(verification, options);
  if (status === "pending") return untilRenewal(published, { event: "publish", options });
  return untilConfirmation(published, { ...due, options });
}

/** Whether nothing can have been published since the record was written: no copy of KV is so young. */
function isFresh(
  { data: { requestedAt = -Infinity, isJustRead, isForced }, failures }: Job<PublishData>,
  { verification, now }: { verification: Verification; now: number },
): boolean {
  if (isForced === true) return true;
  const isRecent = now - requestedAt < FRESH_MS;
  return isRecent && (isDecided(verification) || isJustRead === true && failures === 0);
}

/** Reads the identity. Returns what is due if the record is to be written to it. */
async function readFirst(
  { id: identityId, data: { isConfirmation, changedAt, losses } }: Job<PublishData>,
  { published, options }: { published: Published; options: PublishOptions },
): Promise<Due | JobResult<PublishData>> {
  const { kratos, log, now } = options;
  const found = await kratos.getJumioMetadata(identityId);
  if (found === undefined) return concludeGone(published, options);
  if (await adoptIfNewer(found, { identityId, ...options })) {
    return { kind: "done", outcome: "superseded" };
  }
  if (!isConfirmation) return { losses, isRepair: false };
  if (compareRecord(published.verification, found).length > 0) {
    // A record that has changed since then was not written yet.
    const isNew = changedAt !== undefined && changedAt !== changedAtOf(published.verification);
    if (isNew) return { losses, isRepair: false };
    return { losses: countLoss(losses, { identityId, now: now(), log }), isRepair: true };
  }
  // A sign-in that was under way during the first revocation has a session by now.
  await revokeSessions(published.verification, options);
  return untilRenewal(published, { event: "confirm", options });
}

/** A minute after a write, a read confirms it. After each loss, twice as long after. */
function untilConfirmation(
  published: Published,
  { losses, isRepair, options }: Due & { options: PublishOptions },
): JobResult<PublishData> {
  const now = options.now();
  const changedAt = changedAtOf(published.verification);
  const again = {
    kind: "again",
    dueAt: confirmAt(losses, { now }),
    data: { isConfirmation: true, changedAt, ...(losses && { losses }) },
  } as const;
  if (losses === undefined || !isRepair) {
    const write = recordPublished(published, { event: "publish", outcome: "applied", now });
    return { ...again, write };
  }
  const end = concludeLosses<PublishData>(losses, { isConfirmation: false });
  if (end !== undefined) return end;
  const { row, verification: { identityId } } = published;
  const write = mergeWrites({ checks: [row] }, recordLosses(losses, { identityId, now }));
  return { ...again, failure: OVERWRITTEN, write };
}

async function revokeSessions(
  { identityId, status }: Verification,
  { kratos, log, revokeSessionsOnRejection }: PublishOptions,
): Promise<void> {
  if (status !== "rejected" || !revokeSessionsOnRejection) return;
  await kratos.deleteSessions(identityId);
  log.info("Revoked the sessions of a rejected identity", { identityId });
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
  const { verification } = published;
  const { acceptedAt } = verification;
  if (isDecided(verification) || link === undefined) {
    return { kind: "done", outcome: "applied", write };
  }
  const { renewedAt: dueAt } = linkPeriod({ ...link, acceptedAt, now: now() });
  return { kind: "again", dueAt, data: { isConfirmation: false }, write };
}

/**
 * Also checks that the record did not change since it was read. If the identity has it now, nobody who
 * reads the identity finds an older state, so the event of its last change may be delivered.
 */
function recordPublished(
  { row, verification }: Published,
  { event, outcome, now: at }: { event: "publish" | "confirm"; outcome: string; now: number },
): Write {
  const { identityId, status, verdict } = verification;
  const details = { outcome, status, verdict };
  return mergeWrites(
    { checks: [row] },
    recordEvent(identityId, { at, event, details }),
    outcome === "applied"
      ? releaseEvent(verification, { changedAt: lastChangeOf(verification), now: at })
      : {},
  );
}
