// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { createModelStore } from "../../tests/support/model_store.ts";
import { UpstreamError } from "../upstream/error.ts";
import { createStore, type Store } from "./store.ts";
import type { Sum } from "./write.ts";

Deno.test("Store.commit() writes all of a write or nothing", async () => {
  await using store = createMemoryStore();
  await store.commit({ sets: [{ key: ["a"], value: 1 }] });

  const isWritten = await store.commit({
    checks: [{ key: ["a"], versionstamp: null }],
    sets: [{ key: ["b"], value: 2 }],
  });

  assert.equal(isWritten, false);
  assert.equal((await store.get(["b"])).value, null);
});

Deno.test("Store.commit() lets exactly one of many claims win", async () => {
  await using store = createMemoryStore();
  const claim = { checks: [{ key: ["a"], versionstamp: null }], sets: [{ key: ["a"], value: 1 }] };

  const won = await Promise.all(Array.from({ length: 20 }, () => store.commit(claim)));

  assert.equal(won.filter((isWon) => isWon).length, 1);
});

Deno.test("Store.getMany() gives the rows in the order of the keys, with null for a missing row", async () => {
  await using store = createMemoryStore();
  await store.commit({ sets: [{ key: ["a"], value: 1 }, { key: ["b"], value: "two" }] });

  const [b, none, a] = await store.getMany<[string, never, number]>([["b"], ["none"], ["a"]]);

  assert.deepEqual([b.value, none.value, a.value], ["two", null, 1]);
  assert.equal(none.versionstamp, null);
  assert.equal(a.versionstamp, b.versionstamp);
});

Deno.test("Store.list() gives at most `limit` rows in the order of their keys", async () => {
  await using store = createMemoryStore();
  await store.commit({ sets: [3, 1, 2].map((n) => ({ key: ["due", n], value: null })) });

  const rows = await store.list({ prefix: ["due"] }, { limit: 2 });

  assert.deepEqual(rows.map(({ key }) => key[1]), [1, 2]);
});

Deno.test("Store throws when a call takes too long", async () => {
  const store = createStore({ open: () => new Promise(() => {}), deadlineMs: 1 });

  await assert.rejects(store.get(["a"]), (error) => {
    assert(error instanceof UpstreamError);
    assert.deepEqual([error.upstream, error.reason], ["kv", "timeout"]);
    return true;
  });
});

Deno.test("Store starts the deadline of a call when its turn comes, not before", async () => {
  using kv = await Deno.openKv(":memory:");
  let running = 0;
  let most = 0;
  const store = createStore({
    open: () => Promise.resolve(kv),
    setDeadline() {
      most = Math.max(most, ++running);
      return () => running--;
    },
  });

  const rows = await Promise.all(Array.from({ length: 2_000 }, () => store.getMany([["a"]])));

  assert.equal(rows.length, 2_000);
  assert(most <= 100, `${most} deadlines ran at once`);
});

Deno.test("Store gives up all waiting calls when one takes too long", async () => {
  let asked = 0;
  const kv = await Deno.openKv(":memory:");
  const hanging = new Proxy(kv, {
    get(target, name) {
      if (name === "getMany") return () => (asked++, new Promise(() => {}));
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const store = createStore({ open: () => Promise.resolve(hanging), deadlineMs: 10 });

  const calls = await Promise.allSettled(Array.from({ length: 500 }, () => store.getMany([["a"]])));
  await store.close();

  assert(calls.every(({ status }) => status === "rejected"));
  // The others were given up at once, not each after its own deadline.
  assert.equal(asked, 64);
});

Deno.test("Store tries to open KV again after a failure", async () => {
  let attempts = 0;
  const store = createStore({
    open: () => ++attempts === 1 ? Promise.reject(new Error("down")) : Deno.openKv(":memory:"),
  });

  await assert.rejects(store.get(["a"]), UpstreamError);
  const row = await store.get(["a"]);
  await store.close();

  assert.equal(row.value, null);
});

Deno.test("Store.commit() tries again while another process holds the file", async () => {
  const kv = await Deno.openKv(":memory:");
  let refusals = 3;
  const atomic = () => {
    const operation = kv.atomic();
    const commit = operation.commit.bind(operation);
    operation.commit = () =>
      refusals-- > 0 ? Promise.reject(new TypeError("database is locked")) : commit();
    return operation;
  };
  const locked = new Proxy(kv, {
    get(target, name) {
      if (name === "atomic") return atomic;
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const store = createStore({ open: () => Promise.resolve(locked), random: () => 0 });

  const isWritten = await store.commit({ sets: [{ key: ["a"], value: 1 }] });
  const row = await store.get<number>(["a"]);
  await store.close();

  assert.equal(isWritten, true);
  assert.equal(row.value, 1);
});

Deno.test("Store.commit() adds up concurrent sums without a conflict", async () => {
  await using store = createMemoryStore();
  const write = { sums: [{ key: ["count", 1, "starts"], amount: 2 }] };

  const written = await Promise.all(Array.from({ length: 20 }, () => store.commit(write)));

  assert(written.every((isWritten) => isWritten));
  const [row] = await store.list<Sum>({ prefix: ["count"] }, { limit: 10 });
  assert.equal(row?.value?.value, 40n);
});

/** The model of the tests must behave like the real store. */
const STORES: Readonly<Record<string, () => Store>> = {
  "Store.commit()": createMemoryStore,
  "Store.commit() of the model": () => createModelStore({ rows: new Map(), version: 0 }),
};

for (const [name, create] of Object.entries(STORES)) {
  Deno.test(`${name} subtracts from a sum, below zero and back`, async () => {
    const store = create();
    const key = ["sum"];
    const sums = [];
    for (const amount of [-2, 1, 4, -1]) {
      await store.commit({ sums: [{ key, amount }] });
      sums.push((await store.get<Sum>(key)).value?.value);
    }
    await store.close();

    assert.deepEqual(sums, [2n ** 64n - 2n, 2n ** 64n - 1n, 3n, 2n]);
  });
}

Deno.test("Store.list() lists in reverse when asked to", async () => {
  await using store = createMemoryStore();
  await store.commit({ sets: [3, 1, 2].map((n) => ({ key: ["due", n], value: null })) });

  const rows = await store.list({ prefix: ["due"] }, { limit: 2, reverse: true });

  assert.deepEqual(rows.map(({ key }) => key[1]), [3, 2]);
});

for (
  const [name, create] of [["Store", createMemoryStore], [
    "the model's store",
    createModel,
  ]] as const
) {
  Deno.test(`${name} refuses a write with more than ten checks as a bug, before it is sent`, async () => {
    const store = create();
    const checks = Array.from({ length: 11 }, (_, n) => ({ key: [n], versionstamp: null }));

    await assert.rejects(store.commit({ checks, sets: [{ key: ["a"], value: 1 }] }), TypeError);

    assert.equal((await store.get(["a"])).value, null);
    await store.close();
  });
}

function createModel(): Store {
  return createModelStore({ rows: new Map(), version: 0 });
}
