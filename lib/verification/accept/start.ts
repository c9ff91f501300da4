// SPDX-License-Identifier: Apache-2.0
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
import { ERASE, START } from "../job_kinds.ts";
import { type Operator, recordAction } from "../../history/operator_action.ts";
import { recordEvent } from "../../history/timeline.ts";
import { deadLetterKey } from "../../jobs/dead_letters.ts";
import { jobKey } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Write } from "../../kv/write.ts";

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
  const { tombstone, isOpen, checks } = operator === undefined
    ? expectNoErasure(identityId)
    : await readErasure(store, identityId);
  if (isOpen) return false;
  const endsErasure = tombstone !== null;
  const created = saveVerification(
    noVerification(identityId),
    createVerification(identityId, { now, erased: tombstone }),
  );
  const noJob = { key: jobKey(START, identityId), value: null, versionstamp: null };
  const data = {
    ...(locale === undefined ? {} : { locale }),
    ...(endsErasure ? { endsErasure } : {}),
  };
  const write = mergeWrites(
    created,
    requestStart(noJob, { identityId, data, dueAt: now, now, trace }),
    { checks },
    operator === undefined
      ? recordEvent(identityId, { at: now, event: cause, details: { outcome: "accepted" } })
      : recordAction(identityId, { at: now, action: "start", operator }),
  );
  if (await store.commit(write)) return true;
  if (operator === undefined && cause === "hook") await recordRepeat(store, { identityId, now });
  return false;
}

/** What an earlier erasure left of an identity. The write checks that it has not changed. */
interface Erasure {
  readonly tombstone: Tombstone | null;
  /** The erasure is not done. */
  readonly isOpen: boolean;
  readonly checks: NonNullable<Write["checks"]>;
}

/** Nothing has to be read for this: if there is such a row, the write fails. */
function expectNoErasure(identityId: string): Erasure {
  const keys = [
    tombstoneKey(identityId),
    jobKey(ERASE, identityId),
    deadLetterKey(ERASE, identityId),
  ];
  const checks = keys.map((key) => ({ key, versionstamp: null }));
  return { tombstone: null, isOpen: false, checks };
}

async function readErasure(store: Store, identityId: string): Promise<Erasure> {
  const tombstone = await store.get<Tombstone>(tombstoneKey(identityId));
  const { isOpen, checks } = await readOpenErasure(store, identityId);
  return { tombstone: tombstone.value, isOpen, checks: [tombstone, ...checks] };
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
