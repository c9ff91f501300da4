// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  commitStart,
  createJumio,
  describeHold,
  readCalls,
  runStart,
  storeCalls,
} from "../../../tests/support/start.ts";
import { IDENTITY_ID, NOW, storeVerification } from "../../../tests/support/verification_rows.ts";
import { type CallbackToken, callbackTokenKey } from "../callback_token.ts";
import { type CreateCalls, MAX_CREATES_A_DAY } from "../create_calls.ts";
import { PUBLISH, START } from "../job_kinds.ts";
import { PAUSED_STARTS_KEY } from "../held_starts.ts";
import { executionKey } from "../executions.ts";
import { createVerification, type Verification, verificationKey } from "../rows.ts";
import { breakerKey } from "../../jobs/breaker.ts";
import { readJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { UpstreamError } from "../../upstream/error.ts";

const HOUR = 3_600_000;
const REGISTERED = createVerification(IDENTITY_ID, { now: NOW });
const LOST = new UpstreamError("jumio", "timeout", { action: "create a Jumio account" });
const REFUSED = new UpstreamError("jumio", "status", { action: "create", status: 429 });

Deno.test("handleStart() counts a create call before it is made", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  let counted: CreateCalls | null = null;
  const jumio = createJumio({
    start: async () => {
      counted = await readCalls(store);
      throw LOST;
    },
  });

  await assert.rejects(runStart(store, { jumio }), LOST);

  assert.deepEqual(counted, await readCalls(store));
  assert.deepEqual((await readCalls(store))?.calls.map(({ at }) => at), [NOW]);
});

Deno.test("handleStart() makes no create call that cannot be counted", async () => {
  await using memory = createMemoryStore();
  await storeVerification(memory, REGISTERED);
  const jumio = createJumio();
  const store: Store = { ...memory, commit: () => Promise.reject(LOST) };

  await assert.rejects(runStart(store, { jumio }), LOST);

  assert.deepEqual(jumio.starts, []);
});

Deno.test("handleStart() takes back a call that has made nothing, and ends its token", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);

  await assert.rejects(
    runStart(store, { jumio: createJumio({ start: () => Promise.reject(REFUSED) }) }),
    REFUSED,
  );

  assert.deepEqual((await readCalls(store))?.calls, []);
  assert.deepEqual(await store.list({ prefix: ["callback_token"] }, { limit: 9 }), []);
  assert.equal((await store.get(breakerKey(START))).value, null);
});

Deno.test("handleStart() waits for the window after six create calls in 24 hours", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  await storeCalls(store, MAX_CREATES_A_DAY);
  const jumio = createJumio();

  const held = await runStart(store, { jumio, now: NOW + HOUR });

  assert.deepEqual(describeHold(held), {
    reason: "create_limit",
    inMs: 24 * HOUR,
    extendsSchedule: false,
  });
  assert.deepEqual(jumio.starts, []);
  await commitStart(store, await runStart(store, { jumio, now: NOW + 24 * HOUR }));
  assert.equal(jumio.starts.length, 1);
});

Deno.test("handleStart() waits while starts are paused, and publishes pending once", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  await store.commit({ sets: [{ key: PAUSED_STARTS_KEY, value: { v: 1, at: NOW } }] });
  const jumio = createJumio();

  const first = await runStart(store, { jumio });
  assert(first.kind === "wait");
  const second = await runStart(store, { jumio, data: first.data });

  assert.deepEqual(describeHold(first), {
    reason: "starts_paused",
    inMs: 60_000,
    extendsSchedule: true,
  });
  const publishes = [first, second].map((result) =>
    result.kind === "wait" && result.write?.sets?.some(({ key }) => key[1] === PUBLISH.name)
  );
  assert.deepEqual(publishes, [true, undefined]);
  assert.deepEqual(jumio.starts, []);
});

Deno.test("handleStart() ends the tokens of earlier attempts when the start is recorded", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const failing = createJumio({ start: () => Promise.reject(LOST) });
  for (let tries = 0; tries < 3; tries++) {
    await assert.rejects(runStart(store, { jumio: failing }), LOST);
  }
  assert.equal((await store.list({ prefix: ["callback_token"] }, { limit: 9 })).length, 3);

  await commitStart(store, await runStart(store));

  const left = await store.list<CallbackToken>({ prefix: ["callback_token"] }, { limit: 9 });
  assert.equal(left.length, 1);
  assert.notEqual(left[0]?.value?.workflowExecutionId, null);
  assert.equal((await readCalls(store))?.calls.length, 4);
});

Deno.test("handleStart() records what was made before, and makes nothing again", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const jumio = createJumio();
  const first = await runStart(store, { jumio });
  assert(first.kind === "done" && first.made !== undefined);
  const tokenHash = first.made.made?.tokenHash ?? "";

  await commitStart(store, await runStart(store, { jumio, data: first.made, failures: 1 }));

  assert.equal(jumio.starts.length, 1);
  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.equal(value?.workflowExecutionId, first.made.made?.workflowExecutionId);
  const token = await store.get<CallbackToken>(callbackTokenKey(tokenHash));
  assert.equal(token.value?.workflowExecutionId, value?.workflowExecutionId);
  assert(await readJob(store, { kind: PUBLISH, id: IDENTITY_ID }));
});

Deno.test("handleStart() makes another execution where what was made has ended unrecorded", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createVerification(IDENTITY_ID, { now: NOW }));
  const ended = crypto.randomUUID();
  await store.commit({ sets: [{ key: executionKey(ended), value: {} }] });
  const made = { accountId: crypto.randomUUID(), workflowExecutionId: ended, tokenHash: null };
  const jumio = createJumio();

  await commitStart(store, await runStart(store, { jumio, data: { made } }));

  assert.equal(jumio.starts.length, 1);
});
