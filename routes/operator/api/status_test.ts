// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { deleteOldCounts, readCounts } from "../../../lib/history/hourly_counts.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import { callOperator, createOperatedContext } from "../../../tests/support/operator_api.ts";

const HOUR = 3_600_000;

Deno.test("status shows empty queues for an idle service", async () => {
  await using service = await createOperatedContext();

  const { status, body } = await callOperator(service, "status");

  assert.equal(status, 200);
  const idle = { "waiting": 0, "due": 0, "due_is_more": false, "oldest_due_at": null };
  assert.deepEqual(body.queues, {
    start: idle,
    check: idle,
    publish: idle,
    notify: idle,
    erase: idle,
    expire: idle,
    sweep: idle,
  });
  assert.deepEqual(body["dead_letters"], { count: 0, "is_more": false });
  assert.equal(body["events_paused_at"], null);
  assert.equal(body.upstreams.jumio["last_failure"], null);
});

Deno.test("status counts each start and verdict once", async () => {
  await using service = await createOperatedContext();
  service.jumio.faults.callbacks = "repeat";
  for (const outcome of ["passed", "passed", "rejected", "link_expired", "inconclusive"] as const) {
    await service.register(`${crypto.randomUUID()}@example.com`);
    await service.advance(1_000);
    await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", outcome);
    await service.drain();
  }
  await service.advance(3 * HOUR);

  const { body } = await callOperator(service, "status");

  const { starts, verified, rejected, expired, inconclusive } = body["last_day"];
  assert.deepEqual([starts, verified, rejected, expired, inconclusive], [5, 2, 1, 1, 1]);
  assert.equal(body["last_hours"].starts, 0);
});

Deno.test("status shows failures, waiting jobs, and since when they wait", async () => {
  await using service = await createOperatedContext();
  service.jumio.faults.isDown = true;
  await service.register();

  const { body } = await callOperator(service, "status");

  assert.deepEqual(body.queues.start, {
    "waiting": 1,
    "due": 0,
    "due_is_more": false,
    "oldest_due_at": "2026-05-04T09:00:01.000Z",
  });
  assert.equal(body.upstreams.jumio["failures_last_day"], 1);
  assert.deepEqual(body.upstreams.jumio["last_failure"], {
    at: "2026-05-04T09:00:00.000Z",
    reason: "status",
    status: 503,
  });
});

Deno.test("status counts a job from its request until it is done", async () => {
  await using service = await createOperatedContext();
  const waiting = async () => {
    const { body } = await callOperator(service, "status");
    const queues: Record<string, { waiting: number }> = body.queues;
    return Object.values(queues).map((queue) => queue.waiting);
  };
  await service.register("a@example.com");
  await service.register("b@example.com");
  await service.advance(1_000);

  // Both are polled, and both have a link to be renewed.
  const before = await waiting();
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  await service.drain();
  await service.advance(60_000);
  const later = await waiting();

  assert.deepEqual(before, [0, 2, 2, 0, 0, 0, 0]);
  assert.deepEqual(later, [0, 1, 1, 0, 0, 0, 0]);
});

Deno.test("deleteOldCounts() keeps five weeks and deletes older counts", async () => {
  await using store = createMemoryStore();
  const now = Date.UTC(2026, 4, 4);
  const hour = now / HOUR;
  const ages = [0, 35 * 24 - 1, 35 * 24, 35 * 24 + 1, 90 * 24];
  await store.commit({
    sums: ages.map((age) => ({ key: ["count", hour - age, "starts"], amount: 1 })),
  });

  await deleteOldCounts(store, now);

  const rows = await store.list({ prefix: ["count"] }, { limit: 10 });
  assert.deepEqual(rows.map(({ key }) => hour - Number(key[1])), [35 * 24, 35 * 24 - 1, 0]);
  assert.equal((await readCounts(store, { now, hours: 1 }))[0]?.counts.starts, 1);
});
