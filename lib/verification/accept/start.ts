import { tombstoneKey } from "./erasure.ts";
import { requestJob } from "../../jobs/job.ts";
import { type Operator, recordAction } from "../../history/operator_action.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites } from "../../kv/write.ts";
import { recordEvent } from "../../history/timeline.ts";
import {
  createVerification,
  saveVerification,
  type Verification,
  verificationKey,
} from "../rows.ts";

/**
 * Takes in the wish to start, in one write. False when this identity's start was taken in before:
 * however often Kratos repeats its hook, there is one.
 */
export async function acceptStart(
  store: Store,
  { identityId, now, operator }: { identityId: string; now: number; operator?: Operator },
): Promise<boolean> {
  const verification = createVerification(identityId, { now });
  const nothing = { key: verificationKey(identityId), value: null, versionstamp: null };
  const job = requestJob(nothing, { kind: "start", id: identityId, data: {}, dueAt: now, now });
  const claim = saveVerification(nothing, verification);
  // A hook that comes late must not bring back what was erased; an operator may begin anew.
  const cause = operator === undefined
    ? mergeWrites(
      { checks: [{ key: tombstoneKey(identityId), versionstamp: null }] },
      recordEvent(identityId, { at: now, event: "hook", details: { outcome: "accepted" } }),
    )
    : recordAction(identityId, { at: now, action: "start", operator });
  if (await store.commit(mergeWrites(claim, job, cause))) return true;
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
