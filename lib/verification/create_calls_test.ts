// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { callbackTokenKey } from "./callback_token.ts";
import {
  countCall,
  type CreateCall,
  type CreateCalls,
  endTokens,
  nextCreateAt,
  takeBackCall,
} from "./create_calls.ts";
import type { Row, Write } from "../kv/write.ts";

const DAY = 86_400_000;
const KEY = ["create_calls", "i"];

function rowOf(calls: readonly CreateCall[], probedAt: number | null = null): Row<CreateCalls> {
  return { key: KEY, value: { v: 1, calls, probedAt }, versionstamp: "1" };
}

function callAt(at: number): CreateCall {
  return { at, tokenHash: `token of ${at}` };
}

function savedCalls({ sets = [] }: Write): CreateCalls | undefined {
  return sets.find(({ key }) => key[0] === "create_calls")?.value as CreateCalls | undefined;
}

Deno.test("nextCreateAt() allows six create calls in any 24 hours", () => {
  const times = Array.from({ length: 6 }, (_, index) => 1_000 + index);
  const full = rowOf(times.map(callAt)).value;
  const fewer = rowOf(times.slice(1).map(callAt)).value;

  assert.equal(nextCreateAt(null, 5_000), undefined);
  assert.equal(nextCreateAt(fewer, 5_000), undefined);
  assert.equal(nextCreateAt(full, 5_000), 1_000 + DAY);
  assert.equal(nextCreateAt(full, 1_000 + DAY - 1), 1_000 + DAY);
  assert.equal(nextCreateAt(full, 1_000 + DAY), undefined);
});

Deno.test("countCall() forgets calls of 25 hours ago, and ends their tokens", () => {
  const now = DAY + 3_600_001;

  const write = countCall(rowOf([callAt(1), callAt(2)]), {
    call: callAt(now),
    isProbe: false,
    now,
  });

  assert.deepEqual(savedCalls(write)?.calls, [callAt(2), callAt(now)]);
  assert.deepEqual(write.deletes, [callbackTokenKey("token of 1")]);
  assert.deepEqual(write.checks?.map(({ key }) => key), [KEY]);
});

Deno.test("countCall() remembers the last probe", () => {
  const probe = countCall(rowOf([]), { call: callAt(7), isProbe: true, now: 7 });
  const other = countCall(rowOf([], 7), { call: callAt(8), isProbe: false, now: 8 });

  assert.deepEqual([savedCalls(probe)?.probedAt, savedCalls(other)?.probedAt], [7, 7]);
});

Deno.test("takeBackCall() takes one call back, and ends its token", () => {
  const twins = [{ at: 1, tokenHash: null }, { at: 1, tokenHash: null }, callAt(2)];

  const one = takeBackCall(rowOf(twins), { call: { at: 1, tokenHash: null }, isProbe: false });
  const probe = takeBackCall(rowOf([callAt(2)], 2), { call: callAt(2), isProbe: true });

  assert.deepEqual(savedCalls(one)?.calls, twins.slice(1));
  assert.deepEqual(savedCalls(probe), { v: 1, calls: [], probedAt: null });
  assert.deepEqual(probe.deletes, [callbackTokenKey("token of 2")]);
});

Deno.test("endTokens() ends all tokens except that of the recorded execution, and keeps the count", () => {
  const write = endTokens(rowOf([callAt(1), callAt(2)]), { except: "token of 2" });

  assert.deepEqual(write.deletes, [callbackTokenKey("token of 1")]);
  assert.deepEqual(savedCalls(write)?.calls, [
    { at: 1, tokenHash: null },
    { at: 2, tokenHash: null },
  ]);
});
