// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitWhenUnlocked, commitWrite } from "./commit.ts";
import type { Write } from "./write.ts";

const SHORT: Write = { sets: [{ key: ["a"], value: "short" }] };
const LONG: Write = { sets: [{ key: ["a"], value: "long".repeat(400) }] };
/** A row as it was read. Its value is not sent. */
const READ = { key: ["b"], value: "long".repeat(400), versionstamp: null };

for (
  const [what, write, isServer, expected] of [
    ["a short write to a server on its own", SHORT, true, ["commit"]],
    ["a short write with a long row to check", { ...SHORT, checks: [READ] }, true, ["commit"]],
    ["a long write to a server right after a read", LONG, true, ["get", "commit"]],
    ["a long write to a file on its own", LONG, false, ["commit"]],
  ] as const
) {
  Deno.test(`commitWrite() sends ${what}`, async () => {
    using kv = await Deno.openKv(":memory:");
    const calls: string[] = [];
    const watched = new Proxy(kv, {
      get(target, name) {
        if (name === "get") calls.push("get");
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const { atomic } = kv;
    kv.atomic = () => {
      const operation = atomic.call(kv);
      const { commit } = operation;
      operation.commit = () => (calls.push("commit"), commit.call(operation));
      return operation;
    };

    const ok = await commitWrite(watched, write, { isServer });

    assert.deepEqual([ok, calls], [true, expected]);
    assert.equal((await kv.get(["a"])).value, write.sets?.[0]?.value);
  });
}

Deno.test("commitWrite() gives false where a check does not hold, and writes nothing", async () => {
  using kv = await Deno.openKv(":memory:");
  await kv.set(["a"], 1);
  const write = { checks: [{ key: ["a"], versionstamp: null }], sets: [{ key: ["b"], value: 2 }] };

  const ok = await commitWrite(kv, write, { isServer: false });

  assert.deepEqual([ok, (await kv.get(["b"])).value], [false, null]);
});

Deno.test("commitWrite() sets, deletes and adds in one write", async () => {
  using kv = await Deno.openKv(":memory:");
  await kv.set(["deleted"], 1);
  const write = {
    sets: [{ key: ["set"], value: 1, expireInMs: 0.5 }],
    deletes: [["deleted"]],
    sums: [{ key: ["sum"], amount: 3 }, { key: ["sum"], amount: -1 }],
  };

  await commitWrite(kv, write, { isServer: false });

  const rows = await kv.getMany([["set"], ["deleted"], ["sum"]]);
  assert.deepEqual(rows.map(({ value }) => value), [1, null, new Deno.KvU64(2n)]);
});

/** A KV whose commits fail at first. */
async function openFailingKv(failures: number, message: string) {
  const kv = await Deno.openKv(":memory:");
  const { atomic } = kv;
  let attempts = 0;
  kv.atomic = () => {
    const operation = atomic.call(kv);
    const { commit } = operation;
    operation.commit = () =>
      ++attempts <= failures ? Promise.reject(new TypeError(message)) : commit.call(operation);
    return operation;
  };
  return { kv, countAttempts: () => attempts, [Symbol.dispose]: () => kv.close() };
}

const OPTIONS = { isServer: false, random: () => 0, maxWaitMs: 100 };

Deno.test("commitWhenUnlocked() writes after another process has released the file", async () => {
  using failing = await openFailingKv(3, "database is locked");

  assert.equal(await commitWhenUnlocked(failing.kv, SHORT, OPTIONS), true);
  assert.equal(failing.countAttempts(), 4);
});

Deno.test("commitWhenUnlocked() gives up a file that stays locked", async () => {
  using failing = await openFailingKv(Infinity, "database is locked");

  await assert.rejects(commitWhenUnlocked(failing.kv, SHORT, OPTIONS), /locked/);
  // After 5, 10, 15, 20, 25, 13, 6, 3, 2 and 1 ms.
  assert.equal(failing.countAttempts(), 11);
});

Deno.test("commitWhenUnlocked() tries once where the failure is another one", async () => {
  using failing = await openFailingKv(1, "disk I/O error");

  await assert.rejects(commitWhenUnlocked(failing.kv, SHORT, OPTIONS), /disk/);
  assert.equal(failing.countAttempts(), 1);
});
