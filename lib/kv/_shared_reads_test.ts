// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSharedReads } from "./_shared_reads.ts";
import type { Row } from "./write.ts";

/** Reads that answer with the key itself. `calls` has the keys of each call. */
function createReads() {
  const calls: (readonly Deno.KvKey[])[] = [];
  const read = createSharedReads((keys) => {
    calls.push(keys);
    return Promise.resolve(
      keys.map((key): Row<unknown> => ({ key, value: key, versionstamp: "1" })),
    );
  });
  return { read, calls };
}

Deno.test("createSharedReads() reads in one call what is asked for at once, and gives each its row", async () => {
  const { read, calls } = createReads();

  const rows = await Promise.all([read(["a"]), read(["b"]), read(["a"])]);

  assert.deepEqual(rows.map(({ value }) => value), [["a"], ["b"], ["a"]]);
  assert.deepEqual(calls, [[["a"], ["b"], ["a"]]]);
});

Deno.test("createSharedReads() reads ten keys in one call at most", async () => {
  const { read, calls } = createReads();

  const rows = await Promise.all(Array.from({ length: 23 }, (_, index) => read([index])));

  assert.deepEqual(rows.map(({ key }) => key[0]), Array.from({ length: 23 }, (_, index) => index));
  assert.deepEqual(calls.map((keys) => keys.length), [10, 10, 3]);
});

Deno.test("createSharedReads() never gives a row of a call that began before it was asked for", async () => {
  const { read, calls } = createReads();
  const first = read(["a"]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(calls.length, 1);

  await Promise.all([first, read(["a"])]);

  assert.equal(calls.length, 2);
});

Deno.test("createSharedReads() fails the reads of a call that fails, and no others", async () => {
  let call = 0;
  const read = createSharedReads((keys) =>
    ++call === 1
      ? Promise.reject(new Error("KV is gone"))
      : Promise.resolve(keys.map((key) => ({ key, value: 1, versionstamp: "1" })))
  );

  const failed = await Promise.allSettled([read(["a"]), read(["b"])]);
  const row = await read(["a"]);

  assert.deepEqual(failed.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(row.value, 1);
});
