// SPDX-License-Identifier: Apache-2.0
import { type ExpireData, PUBLISH, type PublishData } from "../job_kinds.ts";
import { requestPublish } from "../requests.ts";
import { beginRound } from "../round.ts";
import { announceEnding, saveVerification, type Verification, verificationKey } from "../rows.ts";
import { noticeAt, WATCH_AFTER_MS } from "../validity.ts";
import { recordEvent } from "../../history/timeline.ts";
import { type DeadLetter, deadLetterKey } from "../../jobs/dead_letters.ts";
import { isLeased, type Job, jobKey, readJob } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { JobSpan } from "../../jobs/run_job.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Row } from "../../kv/write.ts";
import type { Log } from "../../log.ts";

/** A publication that was given up is requested again after this long, for as long as it takes. */
const REPEAT_AFTER_MS = 3_600_000;

/** What {@linkcode handleExpire} needs. */
export interface ExpireOptions {
  readonly store: Store;
  readonly now: () => number;
  readonly log: Log;
}

interface ExpireRun {
  readonly job: Job<ExpireData>;
  readonly span: Pick<JobSpan, "trace">;
  readonly options: ExpireOptions;
}

/**
 * Tells the application that a validity will end, ends it, and sees to it that Ory gets to know. What
 * is due follows from the record: one that has changed since has another end, or none.
 */
export async function handleExpire(
  job: Job<ExpireData>,
  span: Pick<JobSpan, "trace">,
  options: ExpireOptions,
): Promise<JobResult<ExpireData>> {
  const row = await options.store.get<Verification>(verificationKey(job.id));
  if (row.value === null || row.value.goneAt !== null) return { kind: "done", outcome: "ignored" };
  const run: ExpireRun = { job, span, options };
  if (job.data.endedAt !== null) {
    const unfinished = await watchPublication(job.data.endedAt, run);
    if (unfinished !== undefined) return unfinished;
  }
  const { validUntil } = row.value;
  if (validUntil === null) return { kind: "done", outcome: "applied" };
  return validUntil <= options.now()
    ? await endValidity({ ...row, value: row.value }, run)
    : waitForEnd({ ...row, value: row.value }, { validUntil, run });
}

/** The end is a round of its own, and the status changes at once. */
async function endValidity(
  row: Row<Verification> & { readonly value: Verification },
  { job: { id: identityId }, span: { trace }, options: { store, now, log } }: ExpireRun,
): Promise<JobResult<ExpireData>> {
  const at = now();
  const ended = beginRound(row.value, { cause: "validity_ended", now: at });
  if (ended === undefined) return { kind: "done", outcome: "ignored" };
  log.info("A validity ended", { identityId });
  const publish = await readJob(store, { kind: PUBLISH, id: identityId });
  const details = { outcome: "validity_ended", "valid_until": row.value.validUntil };
  const write = mergeWrites(
    saveVerification(row, ended),
    requestPublish(publish, { identityId, now: at, trace }),
    recordEvent(identityId, { at, event: "expire", details }),
  );
  return { kind: "done", outcome: "applied", write };
}

function waitForEnd(
  row: Row<Verification> & { readonly value: Verification },
  { validUntil, run: { job: { data }, options: { now } } }: { validUntil: number; run: ExpireRun },
): JobResult<ExpireData> {
  const notice = noticeAt(row.value);
  const end = {
    kind: "again",
    dueAt: validUntil,
    data: { announced: validUntil, endedAt: null },
  } as const;
  if (notice === null || data.announced === validUntil) return end;
  const at = now();
  return at < notice
    ? { kind: "again", dueAt: notice, data: { announced: null, endedAt: null } }
    : { ...end, write: announceEnding(row, { now: at }) };
}

/**
 * Waits until a read has confirmed the end on the identity. Until then the person is verified for
 * everybody who looks there. So a publication that was given up is requested again.
 */
async function watchPublication(
  endedAt: number,
  { job: { id: identityId, data }, span: { trace }, options: { store, now, log } }: ExpireRun,
): Promise<JobResult<ExpireData> | undefined> {
  const [publish, letter] = await store.getMany<[Job<PublishData>, DeadLetter<PublishData>]>([
    jobKey(PUBLISH, identityId),
    deadLetterKey(PUBLISH, identityId),
  ]);
  const at = now();
  const isGivenUp = letter.value !== null && letter.value.deadAt >= endedAt;
  const isFailing = publish.value !== null && publish.value.failures > 0;
  if (!isGivenUp && !isFailing) {
    if (!isUnfinished(publish.value, at)) return undefined;
    return { kind: "again", dueAt: at + WATCH_AFTER_MS, data };
  }
  log.error("The end of a verification is not on its identity yet", { identityId });
  const repeated = isGivenUp
    ? mergeWrites(
      { checks: [letter], deletes: [letter.key] },
      requestPublish(publish, { identityId, now: at, trace }),
    )
    : {};
  return {
    kind: "wait",
    reason: "end_not_published",
    dueAt: at + (isGivenUp ? REPEAT_AFTER_MS : WATCH_AFTER_MS),
    extendsSchedule: true,
    data,
    write: repeated,
  };
}

/** Whether something has still to be written, or a write to be confirmed. */
function isUnfinished(publish: Job<PublishData> | null, now: number): boolean {
  return publish !== null &&
    (publish.data.isConfirmation || publish.dueAt <= now || isLeased(publish, now));
}
