// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { lazy } from "./lazy.ts";

Deno.test("lazy() does its work with the first use, and once", () => {
  let count = 0;
  const get = lazy(() => ++count);
  assert.equal(count, 0);

  assert.deepEqual([get(), get(), count], [1, 1, 1]);
});

Deno.test("lazy() makes an undefined value once", () => {
  let count = 0;
  const get = lazy(() => void count++);

  assert.deepEqual([get(), get(), count], [undefined, undefined, 1]);
});
