// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mergeWrites } from "./write.ts";

Deno.test("mergeWrites() keeps every part of every write, in order", () => {
  const check = { key: ["a"], versionstamp: null };
  const sets = [{ key: ["a"], value: 1 }, { key: ["b"], value: 2 }];
  const sum = { key: ["sum"], amount: 1 };

  const merged = mergeWrites(
    { checks: [check], sets: sets.slice(0, 1) },
    {},
    { sets: sets.slice(1), deletes: [["c"]], sums: [sum] },
  );

  assert.deepEqual(merged, { checks: [check], sets, deletes: [["c"]], sums: [sum] });
});

Deno.test("mergeWrites() gives an empty write for none", () => {
  assert.deepEqual(mergeWrites(), { checks: [], sets: [], deletes: [], sums: [] });
});
