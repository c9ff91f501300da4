import { requestStart } from "../requests.ts";
import {
  createVerification,
  noVerification,
  saveVerification,
  tombstoneKey,
  type Verification,
  verificationKey,
} from "../rows.ts";
import { START } from "../job_kinds.ts";
import { type Operator, recordAction } from "../../history/operator_action.ts";
import { recordEvent } from "../../history/timeline.ts";
import { jobKey } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites } from "../../kv/write.ts";

/**
 * Accepts the start of an identity's verification, in one write. False if it was accepted before:
 * Kratos may repeat its hook, and there is one start.
 */
export async function acceptStart(
  store: Store,
  { identityId, now, locale, operator, trace }: {
    identityId: string;
    now: number;
    /** The language in which Jumio greets the person. Without it, Jumio's own setting applies. */
    locale?: string | undefined;
    operator?: Operator;
    trace?: string | undefined;
  },
): Promise<boolean> {
  const created = saveVerification(
    noVerification(identityId),
    createVerification(identityId, { now }),
  );
  const noJob = { key: jobKey(START, identityId), value: null, versionstamp: null };
  const data = locale === undefined ? {} : { locale };
  const job = requestStart(noJob, { identityId, data, dueAt: now, now, trace });
  // A late hook must not bring back an erased identity. An operator may start it again.
  const cause = operator === undefined
    ? mergeWrites(
      { checks: [{ key: tombstoneKey(identityId), versionstamp: null }] },
      recordEvent(identityId, { at: now, event: "hook", details: { outcome: "accepted" } }),
    )
    : recordAction(identityId, { at: now, action: "start", operator });
  if (await store.commit(mergeWrites(created, job, cause))) return true;
  if (operator === undefined) await recordRepeat(store, { identityId, now });
  return false;
}

async function recordRepeat(
  store: Store,
  { identityId, now }: { identityId: string; now: number },
): Promise<void> {
  const { value } = await store.get<Verification>(verificationKey(identityId));
  if (value === null) return;
  await store.commit(recordEvent(identityId, {
    at: value.acceptedAt,
    event: "hook",
    details: { outcome: "duplicate", "last_at": now },
    collapsesAs: "hook repeated",
  }));
}
