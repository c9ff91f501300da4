// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createWakeup } from "./wakeup.ts";

Deno.test("Wakeup.take() is true once after any number of requests", () => {
  const wakeup = createWakeup();

  const before = wakeup.take();
  wakeup.request();
  wakeup.request();

  assert.deepEqual([before, wakeup.take(), wakeup.take()], [false, true, false]);
});

Deno.test("Wakeup.next() resolves with the next request, not with an earlier one", async () => {
  const wakeup = createWakeup();
  wakeup.request();
  let isAwake = false;
  const next = wakeup.next().then(() => isAwake = true);
  await Promise.resolve();
  const before = isAwake;

  wakeup.request();
  await next;

  assert.deepEqual([before, isAwake], [false, true]);
});
