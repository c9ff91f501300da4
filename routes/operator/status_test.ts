import assert from "node:assert/strict";
import { forgetOldCounts, readCounts } from "../../lib/counts.ts";
import type { Store } from "../../lib/store.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { callOperator, createOperatedContext } from "../../tests/support/operator_api.ts";

const HOUR = 3_600_000;

Deno.test("operatorStatus() tells of an idle service that nothing waits", async () => {
  await using service = await createOperatedContext();

  const { status, body } = await callOperator(service, "status");

  assert.equal(status, 200);
  const idle = { "waiting": 0, "is_more": false, "due": 0, "oldest_due_at": null };
  assert.deepEqual(body.queues, { start: idle, read: idle, write: idle, erase: idle });
  assert.deepEqual(body["dead_letters"], { count: 0, "is_more": false });
  assert.equal(body.upstreams.jumio["last_failure"], null);
});

Deno.test("operatorStatus() counts starts and verdicts, each once", async () => {
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

Deno.test("operatorStatus() tells what fails, what waits, and since when", async () => {
  await using service = await createOperatedContext();
  service.jumio.faults.isDown = true;
  await service.register();

  const { body } = await callOperator(service, "status");

  assert.deepEqual(body.queues.start, {
    "waiting": 1,
    "is_more": false,
    "due": 0,
    "oldest_due_at": "2026-05-04T09:00:01.000Z",
  });
  assert.equal(body.upstreams.jumio["failures_last_day"], 1);
  assert.deepEqual(body.upstreams.jumio["last_failure"], {
    at: "2026-05-04T09:00:00.000Z",
    reason: "status",
    status: 503,
  });
});

Deno.test("operatorStatus() reads no more with ten thousand verifications than with none", async () => {
  await using store = createMemoryStore();
  const read = { rows: 0 };
  const counting: Store = {
    ...store,
    async list(selector, options) {
      const rows = await store.list<never>(selector, options);
      read.rows += rows.length;
      return rows;
    },
  };
  await using service = await createOperatedContext({ store: counting });
  for (let batch = 0; batch < 20; batch++) {
    const sets = Array.from({ length: 500 }, (_, index) => ({
      key: ["verification", `${batch}-${index}`],
      value: null,
    }));
    await store.commit({ sets });
  }
  const due = Array.from({ length: 900 }, (_, index) => ({
    key: ["due", "read", Date.UTC(2030, 0), `${index}`],
    value: null,
  }));
  await store.commit({ sets: due });
  await store.commit({ sets: due.map(({ key }) => ({ key: [...key, "more"], value: null })) });
  read.rows = 0;

  const { body } = await callOperator(service, "status");

  assert.deepEqual([body.queues.read.waiting, body.queues.read["is_more"]], [1000, true]);
  assert(read.rows <= 1100, `${read.rows} rows were read`);
});

Deno.test("forgetOldCounts() keeps five weeks and clears what is older", async () => {
  await using store = createMemoryStore();
  const now = Date.UTC(2026, 4, 4);
  const hour = now / HOUR;
  const ages = [0, 35 * 24 - 1, 35 * 24, 35 * 24 + 1, 90 * 24];
  await store.commit({
    sums: ages.map((age) => ({ key: ["count", hour - age, "starts"], amount: 1 })),
  });

  await forgetOldCounts(store, now);

  const rows = await store.list({ prefix: ["count"] }, { limit: 10 });
  assert.deepEqual(rows.map(({ key }) => hour - Number(key[1])), [35 * 24, 35 * 24 - 1, 0]);
  assert.equal((await readCounts(store, { now, hours: 1 }))[0]?.counts.starts, 1);
});
