// SPDX-License-Identifier: Apache-2.0
import type { NotifyData } from "../event.ts";
import { NOTIFY } from "../job_kinds.ts";
import { type Tombstone, tombstoneKey, type Verification, verificationKey } from "../rows.ts";
import { readEarlierEvent } from "./_events.ts";
import type { HmacKey } from "../../crypto/hmac.ts";
import { signWebhook } from "../../crypto/webhook_signature.ts";
import { recordEvent } from "../../history/timeline.ts";
import { isLeased, type Job } from "../../jobs/job.ts";
import { pauseKind } from "../../jobs/pause.ts";
import type { JobResult } from "../../jobs/result.ts";
import { storeNudge } from "../../jobs/stored_request.ts";
import type { Store } from "../../kv/store.ts";
import type { Log } from "../../log.ts";
import type { CallUpstream } from "../../upstream/call.ts";
import { UpstreamError } from "../../upstream/error.ts";

/** Shorter than the lease of the job. */
const TIMEOUT_MS = 10_000;

const MAX_ANSWER_BYTES = 65_536;

/** The receiver does not want events any more. */
const GONE = 410;

/** How often an event looks whether an earlier one of its identity, which is under way, has ended. */
const WAIT_MS = 1_000;

const ACTION = "deliver an event";

/** What {@linkcode handleNotify} needs. */
export interface NotifyOptions {
  readonly store: Store;
  readonly call: CallUpstream;
  /** The application. Keys newest first. */
  readonly receiver: { readonly url: URL; readonly keys: readonly HmacKey[] };
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Delivers one event. A repeated delivery has the same `webhook-id`, by which the application can
 * drop it.
 *
 * Events of one identity are delivered in order: an event waits as long as an earlier one is stored.
 * The job is due when Ory has the change, so an earlier event need not wait for Ory any more either.
 */
export async function handleNotify(
  job: Job<NotifyData>,
  options: NotifyOptions,
): Promise<JobResult<NotifyData>> {
  const { store, now, log } = options;
  const { event: { data: { "identity_id": identityId, status, sequence } } } = job.data;
  if (await isErased(store, { identityId, sequence })) return { kind: "done", outcome: "ignored" };
  const earlier = await readEarlierEvent(store, { identityId, before: job.id });
  if (earlier !== null) return waitFor(earlier, { job, now: now() });
  const answered = await deliver(job, options);
  if (answered === GONE) {
    log.error("The receiver wants no more events: delivery is paused", { eventId: job.id });
    const write = pauseKind(NOTIFY, { reason: "answered_410", now: now() });
    return { kind: "again", dueAt: now(), data: job.data, write };
  }
  log.info("Delivered an event", { identityId, status, eventId: job.id });
  const details = { outcome: "delivered", status, sequence };
  const write = recordEvent(identityId, { at: now(), event: "notify", details });
  return { kind: "done", outcome: "applied", write };
}

/** Of an erased identity nothing is sent, except what is new since an operator started it again. */
async function isErased(
  store: Store,
  { identityId, sequence }: { identityId: string; sequence: number },
): Promise<boolean> {
  const [verification, tombstone] = await store.getMany<[Verification, Tombstone]>([
    verificationKey(identityId),
    tombstoneKey(identityId),
  ]);
  return verification.value === null || sequence <= (tombstone.value?.sequence ?? 0);
}

/** Lets the earliest event of the identity go first, now or when it is retried. */
function waitFor(
  { id, failures, ...earlier }: Job,
  { job, now }: { job: Job<NotifyData>; now: number },
): JobResult<NotifyData> {
  const isFailing = failures > 0 && !isLeased(earlier, now);
  const dueAt = Math.max(now + WAIT_MS, isFailing ? earlier.dueAt : 0);
  const write = isFailing ? {} : storeNudge(NOTIFY, { id, dueAt: now });
  return { kind: "again", dueAt, data: job.data, write };
}

/** Posts the event once. Returns the status, which is of success or 410. */
async function deliver(
  { data: { webhookId, event } }: Job<NotifyData>,
  { call, receiver: { url, keys }, now }: NotifyOptions,
): Promise<number> {
  const body = JSON.stringify(event);
  const signed = await signWebhook(body, { id: webhookId, now: now(), keys });
  const { status, retryAfterMs } = await call({
    upstream: "receiver",
    action: ACTION,
    method: "POST",
    url,
    headers: { ...signed, "content-type": "application/json" },
    body,
    timeoutMs: TIMEOUT_MS,
    maxDrainedBytes: MAX_ANSWER_BYTES,
  });
  const isDelivered = status >= 200 && status <= 299;
  if (isDelivered || status === GONE) return status;
  throw new UpstreamError("receiver", "status", { action: ACTION, status, retryAfterMs });
}
