// SPDX-License-Identifier: Apache-2.0
import type { Conclusion, Verdict } from "./verdict.ts";
import type { Store } from "../kv/store.ts";
import type { Row, Write } from "../kv/write.ts";

/** Our record of one execution. */
export interface Execution {
  readonly v: 1;
  /** Null for an execution that is not ours. */
  readonly identityId: string | null;
  readonly accountId: string;
  /** The hash of the only token that opens it. Null if it was started without a token. */
  readonly callbackTokenHash: string | null;
  readonly createdAt: number;
  /** The round of its identity's verification in which it counts. Null if it is not ours. */
  readonly round: number | null;
  /** When the person was first sent to Jumio. Missing in rows of an older version. */
  readonly openedAt?: number | null;
  /** Only an identity's metadata names it so far: it may be another's, copied there by a program. */
  readonly isUnconfirmed?: true;
  /** The span of the start, as `traceparent`. Only while traces are collected. */
  readonly trace?: string;
  readonly settled: null | Settlement;
}

/** How an execution ended. Has a row of its own as well, which a callback's write checks. */
export interface Settlement {
  readonly at: number;
  readonly outcome: "applied" | "superseded" | "ignored" | "erased";
  readonly conclusion: Conclusion["kind"] | null;
  /** What Jumio decided, also where it changed nothing. Null without a decision. */
  readonly verdict: Verdict | null;
}

/** Jumio's link for the person. It gives access, so it is kept only until it expires. */
export interface ExecutionLink {
  readonly v: 1;
  readonly href: string;
  readonly expiresAt: number;
}

/**
 * How long a settled execution is kept, to tell a late repeat from something new. The record of an
 * identity that Ory has deleted is kept as long.
 */
export const EXECUTION_LIFETIME_MS = 400 * 86_400_000;

/** A link that expires before the person gets there is of no use to them. */
const MIN_LINK_LIFETIME_MS = 120_000;

/** No identity has more executions than this: an erasure closes all of them in one write. */
export const MAX_LISTED_EXECUTIONS = 100;

export function executionKey(workflowExecutionId: string): Deno.KvKey {
  return ["execution", workflowExecutionId];
}

/** The key of an execution's {@linkcode Settlement}. */
export function settledKey(workflowExecutionId: string): Deno.KvKey {
  return ["settled", workflowExecutionId];
}

/** The key of an execution's {@linkcode ExecutionLink}. */
export function executionLinkKey(workflowExecutionId: string): Deno.KvKey {
  return ["execution_link", workflowExecutionId];
}

/** The key that lists an execution under its identity, by creation time. The value is null. */
export function identityExecutionKey(
  identityId: string,
  ...execution: [] | [createdAt: number, workflowExecutionId: string]
): Deno.KvKey {
  return ["identity_execution", identityId, ...execution];
}

/** Lists the executions of an identity, the newest first. */
export async function listExecutions(
  store: Store,
  identityId: string,
): Promise<{ id: string; row: Row<Execution> }[]> {
  const listed = await store.list(
    { prefix: identityExecutionKey(identityId) },
    { limit: MAX_LISTED_EXECUTIONS, reverse: true },
  );
  return await Promise.all(listed.map(async ({ key }) => {
    const id = String(key[3]);
    return { id, row: await store.get<Execution>(executionKey(id)) };
  }));
}

/** Saves an execution that is settled. Nothing changes it any more, and it expires. */
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

/** Whether Jumio's link works for long enough to send the person there. */
export function isLive(
  link: ExecutionLink | null,
  { now }: { now: number },
): link is ExecutionLink {
  return link !== null && link.expiresAt - now > MIN_LINK_LIFETIME_MS;
}
