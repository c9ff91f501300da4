import { readOpenErasure } from "./erasure.ts";
import { requestStart } from "../requests.ts";
import {
  createVerification,
  noVerification,
  saveVerification,
  type Tombstone,
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

interface StartRequest {
  readonly identityId: string;
  readonly now: number;
  /** The language in which Jumio greets the person. Without it, Jumio's own setting applies. */
  readonly locale?: string | undefined;
  /** What asked for it, unless an operator did. */
  readonly cause?: "hook" | "sweep";
  readonly operator?: Operator;
  readonly trace?: string | undefined;
}

/**
 * Accepts the start of an identity's verification, in one write. False if it was accepted before:
 * Kratos may repeat its hook, and there is one start.
 *
 * A late hook does not bring an erased identity back. An operator's start does, but not before the
 * erasure is done: otherwise it would erase the new account, too. The tombstone stays, to show who
 * erased the identity.
 */
export async function acceptStart(store: Store, request: StartRequest): Promise<boolean> {
  const { identityId, now, locale, operator, cause = "hook", trace } = request;
  const tombstone = operator === undefined
    ? { key: tombstoneKey(identityId), value: null, versionstamp: null }
    : await store.get<Tombstone>(tombstoneKey(identityId));
  const endsErasure = tombstone.value !== null;
  const erasure = await readOpenErasure(store, identityId);
  if (erasure.isOpen) return false;
  const created = saveVerification(
    noVerification(identityId),
    createVerification(identityId, { now, erased: tombstone.value }),
  );
  const noJob = { key: jobKey(START, identityId), value: null, versionstamp: null };
  const data = {
    ...(locale === undefined ? {} : { locale }),
    ...(endsErasure ? { endsErasure } : {}),
  };
  const write = mergeWrites(
    created,
    requestStart(noJob, { identityId, data, dueAt: now, now, trace }),
    { checks: [tombstone, ...erasure.checks] },
    operator === undefined
      ? recordEvent(identityId, { at: now, event: cause, details: { outcome: "accepted" } })
      : recordAction(identityId, { at: now, action: "start", operator }),
  );
  if (await store.commit(write)) return true;
  if (operator === undefined && cause === "hook") await recordRepeat(store, { identityId, now });
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
