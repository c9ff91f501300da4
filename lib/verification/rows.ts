import type { Row, Write } from "../kv/write.ts";
import type { Conclusion, Verdict, VerificationStatus } from "./verdict.ts";

/** Our record of an identity's verification. What the identity's metadata says is made from it. */
export interface Verification {
  readonly v: 1;
  readonly identityId: string;
  readonly status: VerificationStatus;
  readonly verdict: Verdict | null;
  readonly accountId: string | null;
  /** The newest execution: only this one may change the state. Null until Jumio has answered. */
  readonly workflowExecutionId: string | null;
  /** Times in milliseconds since the epoch. */
  readonly acceptedAt: number;
  readonly initiatedAt: number | null;
  readonly decidedAt: number | null;
  /** Since when it has had this status. Not in rows from before there were lists. */
  readonly changedAt?: number;
  /** When Ory told us that the identity is no more. */
  readonly goneAt: number | null;
}

/** Our record of one execution. */
export interface Execution {
  readonly v: 1;
  /** Null for one that turned out not to be ours. */
  readonly identityId: string | null;
  readonly accountId: string;
  /** The hash of the only token that opens it. Null where it was started without one. */
  readonly callbackTokenHash: string | null;
  readonly createdAt: number;
  /** When the person was first sent to Jumio. Not there in rows of an older version. */
  readonly openedAt?: number | null;
  /** The span of its start. Only where telemetry is on. */
  readonly trace?: string;
  readonly settled: null | Settlement;
}

/** How an execution ended. Kept in a row of its own as well: there a callback's write finds it. */
export interface Settlement {
  readonly at: number;
  readonly outcome: "applied" | "superseded" | "ignored" | "erased";
  readonly conclusion: Conclusion["kind"] | null;
}

/** Jumio's live link: a capability, kept only while it lives and nothing is settled. */
export interface ExecutionLink {
  readonly v: 1;
  readonly href: string;
  readonly expiresAt: number;
}

/** The token of one create attempt, known by its hash. */
export interface CallbackToken {
  readonly v: 1;
  readonly identityId: string;
  /** Null until Jumio has answered the attempt. */
  readonly workflowExecutionId: string | null;
  readonly expiresAt: number;
  /** The span of the start that it belongs to. Only where telemetry is on. */
  readonly trace?: string;
}

/**
 * How long a settled execution is kept, to know a late repeat from something new, and the record of
 * an identity that Ory has deleted.
 */
export const EXECUTION_LIFETIME_MS = 400 * 86_400_000;

/** How long a callback's token opens its execution: longer than any link of Jumio's lives. */
export const TOKEN_LIFETIME_MS = 90 * 86_400_000;

/** Where an identity's verification is kept. */
export function verificationKey(identityId: string): Deno.KvKey {
  return ["verification", identityId];
}

/** Where an execution is kept. */
export function executionKey(workflowExecutionId: string): Deno.KvKey {
  return ["execution", workflowExecutionId];
}

/** Where it is kept that an execution is settled. */
export function settledKey(workflowExecutionId: string): Deno.KvKey {
  return ["settled", workflowExecutionId];
}

/** Where an execution's live link is kept. */
export function executionLinkKey(workflowExecutionId: string): Deno.KvKey {
  return ["execution_link", workflowExecutionId];
}

/** Where a callback's token is kept: by its hash, never by itself. */
export function callbackTokenKey(tokenHash: string): Deno.KvKey {
  return ["callback_token", tokenHash];
}

/** Where an identity's executions are listed, in the order of their making. The value is null. */
export function identityExecutionKey(
  identityId: string,
  ...execution: [] | [createdAt: number, workflowExecutionId: string]
): Deno.KvKey {
  return ["identity_execution", identityId, ...execution];
}

/** Where the verifications of a status are listed, in the order of time. The value is null. */
export function statusIndexKey(verification: Verification): Deno.KvKey {
  const { status, identityId } = verification;
  return ["verification_by_status", status, changedAtOf(verification), identityId];
}

/** Since when a verification has had its status. */
export function changedAtOf({ changedAt, decidedAt, acceptedAt }: Verification): number {
  return changedAt ?? decidedAt ?? acceptedAt;
}

/** Writes a verification in the place of the one that was read, and keeps it in the lists. */
export function saveVerification(
  row: Row<Verification>,
  next: Verification,
  lifetime: { readonly expireInMs?: number } = {},
): Write {
  const isMoved = row.value !== null && changedAtOf(row.value) !== changedAtOf(next);
  return {
    checks: [row],
    deletes: isMoved && row.value !== null ? [statusIndexKey(row.value)] : [],
    sets: [
      { key: row.key, value: next, ...lifetime },
      { key: statusIndexKey(next), value: null, ...lifetime },
    ],
  };
}

/** Writes an execution that is settled: nothing changes it any more, and it goes in its time. */
export function saveSettled(
  workflowExecutionId: string,
  execution: Execution & { readonly settled: Settlement },
): Write {
  const lifetime = { expireInMs: EXECUTION_LIFETIME_MS };
  return {
    sets: [
      { key: executionKey(workflowExecutionId), value: execution, ...lifetime },
      { key: settledKey(workflowExecutionId), value: { v: 1, ...execution.settled }, ...lifetime },
    ],
  };
}

/** A verification with another status, if it is another. */
export function changeStatus(
  verification: Verification,
  { status, now }: { status: VerificationStatus; now: number },
): Verification {
  return status === verification.status ? verification : {
    ...verification,
    status,
    // Never the time of the status before: the list has a row for each.
    changedAt: Math.max(now, changedAtOf(verification) + 1),
  };
}

/** The record of an identity of which nothing is known but that it registered. */
export function createVerification(identityId: string, { now }: { now: number }): Verification {
  return {
    v: 1,
    identityId,
    status: "pending",
    verdict: null,
    accountId: null,
    workflowExecutionId: null,
    acceptedAt: now,
    initiatedAt: null,
    decidedAt: null,
    changedAt: now,
    goneAt: null,
  };
}

/** What an execution's end makes of its verification. `inconclusive` leaves it as it is. */
export function applyConclusion(
  verification: Verification,
  { conclusion, now }: { conclusion: Conclusion; now: number },
): Verification {
  switch (conclusion.kind) {
    case "decided": {
      const { status, verdict } = conclusion;
      return { ...changeStatus(verification, { status, now }), verdict, decidedAt: now };
    }
    case "expired":
      return {
        ...changeStatus(verification, { status: "expired", now }),
        verdict: null,
        decidedAt: null,
      };
    case "inconclusive":
    case "unfinished":
      return verification;
  }
}
