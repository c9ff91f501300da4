// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createWaiters } from "./waiters.ts";

/** What has resolved by now, as far as microtasks go. */
async function settledOf(promises: Readonly<Record<string, Promise<void>>>): Promise<string[]> {
  const settled: string[] = [];
  for (const [name, promise] of Object.entries(promises)) {
    void promise.then(() => settled.push(name));
  }
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return [...settled];
}

Deno.test("Waiters.during() releases all waiters of its job after the run, and no others", async () => {
  const waiters = createWaiters();
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiting = {
    first: waiters.waitFor("a"),
    second: waiters.waitFor("a"),
    other: waiters.waitFor("b"),
  };

  const run = waiters.during("a", () => promise);
  const before = await settledOf(waiting);
  resolve();
  await run;

  assert.deepEqual([before, await settledOf(waiting)], [[], ["first", "second"]]);
});

Deno.test("Waiters.during() releases the waiters of a run that throws", async () => {
  const waiters = createWaiters();
  const waiting = waiters.waitFor("a");

  await assert.rejects(waiters.during("a", () => Promise.reject(new TypeError("bug"))));

  await waiting;
});

Deno.test("Waiters.releaseIdle() keeps the waiters of a job that is running", async () => {
  const waiters = createWaiters();
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = waiters.during("running", () => promise);
  const waiting = { running: waiters.waitFor("running"), idle: waiters.waitFor("idle") };

  waiters.releaseIdle();

  assert.deepEqual(await settledOf(waiting), ["idle"]);
  resolve();
  await run;
});

Deno.test("Waiters.releaseIdle() releases only the jobs that it names, and none that is running", async () => {
  const waiters = createWaiters();
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = waiters.during("running", () => promise);
  const ids = ["early", "late", "running"] as const;
  const waiting = Object.fromEntries(ids.map((id) => [id, waiters.waitFor(id)]));

  waiters.releaseIdle(["early", "unknown", "running"]);

  assert.deepEqual(await settledOf(waiting), ["early"]);
  resolve();
  await run;
});

Deno.test("Waiters.idle() lists the jobs that somebody waits for and that are not running", async () => {
  const waiters = createWaiters();
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const id of ["a", "running", "b"]) void waiters.waitFor(id);
  const run = waiters.during("running", () => promise);

  assert.deepEqual(waiters.idle(), ["a", "b"]);
  resolve();
  await run;
  waiters.releaseIdle();
  assert.deepEqual(waiters.idle(), []);
});
