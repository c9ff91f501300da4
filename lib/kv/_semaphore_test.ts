// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSemaphore } from "./_semaphore.ts";

/** Lets pending promises settle. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("Semaphore lets as many callers run as its limit, then the others in order", async () => {
  const semaphore = createSemaphore(2);
  const started: number[] = [];
  for (const caller of [1, 2, 3, 4]) {
    void semaphore.acquire().then(() => started.push(caller));
  }
  await settle();
  const atOnce = [...started];

  semaphore.release();
  await settle();
  const afterOne = [...started];
  semaphore.release();
  await settle();

  assert.deepEqual([atOnce, afterOne, started], [[1, 2], [1, 2, 3], [1, 2, 3, 4]]);
});

Deno.test("Semaphore lets a new caller run after all others have released", async () => {
  const semaphore = createSemaphore(1);
  await semaphore.acquire();
  semaphore.release();

  await semaphore.acquire();
});

Deno.test("Semaphore.rejectWaiting() rejects callers that wait, and only those", async () => {
  const semaphore = createSemaphore(1);
  await semaphore.acquire();
  const waiting = [semaphore.acquire(), semaphore.acquire()];

  semaphore.rejectWaiting(new Error("given up"));
  const results = await Promise.allSettled(waiting);
  semaphore.release();

  assert.deepEqual(results.map(({ status }) => status), ["rejected", "rejected"]);
  await semaphore.acquire();
});
