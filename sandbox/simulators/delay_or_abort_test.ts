// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { delayOrAbort } from "./delay_or_abort.ts";

Deno.test("delayOrAbort() ends when the delay is over", async () => {
  const startedAt = performance.now();

  await delayOrAbort(20, new Request("http://localhost"));

  assert(performance.now() - startedAt >= 15);
});

Deno.test("delayOrAbort() ends early when the client closes the connection", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const delayed = delayOrAbort(60_000, new Request("http://localhost", { signal }));

  controller.abort();

  await delayed;
});

Deno.test("delayOrAbort() does not read the signal when there is no delay", async () => {
  const request = new Request("http://localhost");
  Object.defineProperty(request, "signal", { get: () => assert.fail("the signal was read") });

  await delayOrAbort(0, request);
});
