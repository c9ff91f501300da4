// SPDX-License-Identifier: Apache-2.0
import { callbackTokenKey } from "./callback_token.ts";
import type { Row, Write } from "../kv/write.ts";

/**
 * How many create calls that may have made something at Jumio one person has in any 24 hours, no matter who
 * asked for them: the first one and five more. Each may cost the operator money.
 */
export const MAX_CREATES_A_DAY = 6;

const DAY_MS = 86_400_000;

/** The row keeps a call for longer, so that a probe after a day of failures finds all of them. */
const KEPT_MS = DAY_MS + 3_600_000;

/** One create call. It is counted before it is made. */
export interface CreateCall {
  readonly at: number;
  /** The hash of its callback token, until a start is recorded. Null without `PUBLIC_URL`. */
  readonly tokenHash: string | null;
}

/** The create calls of one person in the last 25 hours that may have made something at Jumio. */
export interface CreateCalls {
  readonly v: 1;
  readonly calls: readonly CreateCall[];
  /** When one of them was last the probe of an open breaker. */
  readonly probedAt: number | null;
}

export function createCallsKey(identityId: string): Deno.KvKey {
  return ["create_calls", identityId];
}

/** When the person's next create call may be made. Undefined: now. */
export function nextCreateAt(calls: CreateCalls | null, now: number): number | undefined {
  const sixthLast = calls?.calls.at(-MAX_CREATES_A_DAY);
  const next = (sixthLast?.at ?? -Infinity) + DAY_MS;
  return next > now ? next : undefined;
}

/** Counts a create call that is about to be made. Tokens of calls that are forgotten end. */
export function countCall(
  row: Row<CreateCalls>,
  { call, isProbe, now }: { call: CreateCall; isProbe: boolean; now: number },
): Write {
  const recent = keptCalls(row.value, now);
  const old = row.value?.calls.filter((known) => !recent.includes(known)) ?? [];
  const probedAt = isProbe ? now : row.value?.probedAt ?? null;
  const next = { v: 1, calls: [...recent, call], probedAt } as const;
  return { ...saveCalls(row, next), deletes: tokenKeys(old) };
}

/** Takes back a call that has certainly made nothing: its token ends, and it does not count. */
export function takeBackCall(
  row: Row<CreateCalls>,
  { call, isProbe }: { call: CreateCall; isProbe: boolean },
): Write {
  const token = tokenKeys([call]);
  const { value } = row;
  if (value === null) return { deletes: token };
  const index = value.calls.findIndex(({ at, tokenHash }) =>
    at === call.at && tokenHash === call.tokenHash
  );
  const calls = value.calls.filter((_, place) => place !== index);
  const next = { ...value, calls, probedAt: isProbe ? null : value.probedAt };
  return { ...saveCalls(row, next), deletes: token };
}

/** Ends the tokens of a person's create calls, except for the one whose execution is recorded. */
export function endTokens(row: Row<CreateCalls>, { except }: { except: string | null }): Write {
  const { value } = row;
  if (value === null) return { checks: [row] };
  const ended = value.calls.filter(({ tokenHash }) => tokenHash !== except);
  const calls = value.calls.map((call) => ({ ...call, tokenHash: null }));
  return { ...saveCalls(row, { ...value, calls }), deletes: tokenKeys(ended) };
}

/** The calls of the last 25 hours, the oldest first. */
export function keptCalls(calls: CreateCalls | null, now: number): readonly CreateCall[] {
  return calls?.calls.filter(({ at }) => at > now - KEPT_MS) ?? [];
}

function saveCalls(row: Row<CreateCalls>, value: CreateCalls): Write {
  return { checks: [row], sets: [{ key: row.key, value, expireInMs: KEPT_MS }] };
}

function tokenKeys(calls: readonly CreateCall[]): Deno.KvKey[] {
  return calls.flatMap(({ tokenHash }) => tokenHash === null ? [] : [callbackTokenKey(tokenHash)]);
}
