import assert from "node:assert/strict";
import { createMemoryStore } from "../tests/support/memory_store.ts";
import { createPace } from "./pace.ts";

Deno.test("createPace() gives a turn at once in quiet times, then one an interval", async () => {
  await using store = createMemoryStore();
  let now = 1_000;
  const takeTurn = createPace({ store, now: () => now, perSecond: 2 });

  const first = await takeTurn();
  const second = await takeTurn();
  now += 500;
  const third = await takeTurn();

  assert.deepEqual([first, second, third], [0, 500, 0]);
});

Deno.test("createPace() gives one turn to two instances that ask at once", async () => {
  await using store = createMemoryStore();
  const create = () => createPace({ store, now: () => 0, perSecond: 1 });

  const waits = await Promise.all([create()(), create()()]);

  assert.deepEqual(waits.sort(), [0, 1000]);
});

Deno.test("createPace() goes on after a clock was set back", async () => {
  await using store = createMemoryStore();
  let now = 86_400_000;
  const takeTurn = createPace({ store, now: () => now, perSecond: 1 });
  await takeTurn();

  now = 0;

  assert.equal(await takeTurn(), 0);
});
