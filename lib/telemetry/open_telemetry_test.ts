// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext } from "../../tests/support/context.ts";
import { createFakeOpenTelemetry, type FakeSpan } from "../../tests/support/telemetry.ts";
import { jobKey } from "../jobs/job.ts";
import { CHECK } from "../verification/job_kinds.ts";
import { executionKey } from "../verification/executions.ts";

const MINUTE = 60_000;

function named(spans: readonly FakeSpan[], name: string): FakeSpan {
  const span = spans.find((each) => each.name === name);
  assert(span, `There is no span ${name}`);
  return span;
}

function linkedIds({ links }: FakeSpan): string[] {
  return links.map(({ spanId }) => spanId);
}

Deno.test("createOpenTelemetry() names a request by its route and never by its path", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });

  const token = "t".repeat(43);
  const response = await service.send(`/jumio/callback/${token}`, { method: "POST", body: "{}" });
  await response.body?.cancel();

  const [span] = telemetry.spans;
  assert.equal(span?.name, "POST /jumio/callback/{token}");
  assert.deepEqual(span?.attributes, {
    "http.route": "/jumio/callback/{token}",
    "jumio_bridge.outcome": "refused",
    "jumio_bridge.reason": "content_type",
  });
  assert(!JSON.stringify([telemetry.spans, telemetry.points]).includes(token));
});

Deno.test("createOpenTelemetry() counts deliveries by outcome, and refusals by reason", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });

  for (
    const [path, body] of [
      ["/jumio/validate", { "identity_id": crypto.randomUUID(), jumio: { status: "rejected" } }],
      ["/jumio/validate", { "identity_id": crypto.randomUUID(), jumio: null }],
      ["/jumio/validate", "no JSON"],
      ["/nowhere", {}],
    ] as const
  ) {
    const response = await service.hook(path, body);
    await response.body?.cancel();
  }

  const counted = telemetry.points.filter(([name]) => name !== "jumio_bridge.upstream.duration");
  assert.deepEqual(counted, [
    ["jumio_bridge.deliveries", 1, { "http.route": "/jumio/validate", outcome: "refused" }],
    ["jumio_bridge.refusals", 1, { "http.route": "/jumio/validate", reason: "blocked_status" }],
    ["jumio_bridge.deliveries", 1, { "http.route": "/jumio/validate", outcome: "answered" }],
    ["jumio_bridge.deliveries", 1, { "http.route": "/jumio/validate", outcome: "refused" }],
    ["jumio_bridge.refusals", 1, { "http.route": "/jumio/validate", reason: "not_json" }],
    ["jumio_bridge.deliveries", 1, { "http.route": "(unknown)", outcome: "refused" }],
    ["jumio_bridge.refusals", 1, { "http.route": "(unknown)", reason: "not_found" }],
  ]);
});

Deno.test("createOpenTelemetry() links a start to its hook, a callback to the start, a check to the callback", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });

  const identityId = await service.register();
  const execution = service.jumio.executions[0];
  assert(execution);
  await service.jumio.finish(execution.id, "rejected");
  await service.drain();

  const { spans } = telemetry;
  const hook = named(spans, "POST /jumio/initiate");
  const start = named(spans, "job start");
  const callback = named(spans, "POST /jumio/callback/{token}");
  const read = named(spans, "job check");
  const write = spans.findLast(({ name }) => name === "job publish");
  assert.deepEqual(linkedIds(start), [hook.context.spanId]);
  assert(linkedIds(callback).includes(start.context.spanId));
  assert.equal(linkedIds(read)[0], callback.context.spanId);
  assert(linkedIds(read).includes(start.context.spanId));
  assert.deepEqual(write && linkedIds(write), [read.context.spanId]);
  assert.deepEqual(start.attributes, {
    "jumio_bridge.job": "start",
    "jumio_bridge.attempt": 1,
    "jumio_bridge.identity_id": identityId,
    "jumio_bridge.outcome": "applied",
  });
  for (const span of [start, read]) assert.deepEqual([span.isRoot, span.hasEnded], [true, true]);
});

Deno.test("createOpenTelemetry() counts a verdict once, when it is committed", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });
  await service.register();
  const execution = service.jumio.executions[0];
  assert(execution);
  service.jumio.faults.callbacks = "repeat";

  await service.jumio.finish(execution.id, "rejected");
  await service.drain();

  const verdicts = telemetry.points.filter(([name]) => name === "jumio_bridge.verdicts");
  assert.deepEqual(verdicts, [
    ["jumio_bridge.verdicts", 1, { verdict: "FAILED", status: "rejected" }],
  ]);
});

Deno.test("createOpenTelemetry() counts an execution that a poll settled", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });
  await service.register();
  const execution = service.jumio.executions[0];
  assert(execution);
  service.jumio.faults.callbacks = "drop";

  await service.jumio.finish(execution.id, "passed");
  await service.advance(41 * MINUTE);

  const reconciled = telemetry.points.filter(([name]) => name === "jumio_bridge.reconciled");
  assert.deepEqual(reconciled, [["jumio_bridge.reconciled", 1, { outcome: "applied" }]]);
});

Deno.test("createOpenTelemetry() records failed attempts, calls by result, and the queues", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });
  service.jumio.faults.isDown = true;

  await service.register();
  await service.moveClock(MINUTE);
  const waiting = await telemetry.observe();
  await service.advance(0);

  const starts = telemetry.spans.filter(({ name }) => name === "job start");
  const attempts = starts.map(({ attributes, status }) => [
    attributes["jumio_bridge.attempt"],
    attributes["jumio_bridge.outcome"],
    attributes["jumio_bridge.reason"],
    status,
  ]);
  assert.deepEqual(attempts, [[1, "failed", "jumio_status", 2], [2, "failed", "jumio_status", 2]]);
  // Both are linked to the hook, and not to each other.
  assert.deepEqual(starts.map(linkedIds), [linkedIds(starts[0] as FakeSpan), [
    named(telemetry.spans, "POST /jumio/initiate").context.spanId,
  ]]);
  assert(
    telemetry.points.some(([name, , { upstream, result }]) =>
      name === "jumio_bridge.upstream.duration" && upstream === "jumio" && result === "503"
    ),
  );
  assert.deepEqual(
    waiting.filter(([, , { kind }]) => kind === "start"),
    [
      ["jumio_bridge.queue.depth", 1, { kind: "start" }],
      ["jumio_bridge.queue.oldest_age", 59, { kind: "start" }],
      ["jumio_bridge.dead_letters", 0, { kind: "start" }],
      ["jumio_bridge.jobs.refused", 0, { kind: "start" }],
    ],
  );
});

Deno.test("createOpenTelemetry() counts a dead letter, and observes it while it exists", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });
  service.jumio.faults.isDown = true;
  await service.register();

  for (let hour = 0; hour < 60; hour++) await service.advance(60 * MINUTE);

  const dead = telemetry.points.filter(([name]) => name === "jumio_bridge.dead_lettered");
  assert.deepEqual(dead, [
    ["jumio_bridge.dead_lettered", 1, { kind: "start", reason: "jumio_status" }],
  ]);
  const letters = (await telemetry.observe()).find(([name, , { kind }]) =>
    name === "jumio_bridge.dead_letters" && kind === "start"
  );
  assert.equal(letters?.[1], 1);
});

Deno.test("createOpenTelemetry() reads rows that were written without it", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });
  await service.register();
  const execution = service.jumio.executions[0];
  assert(execution);
  const [token] = await service.store.list({ prefix: ["callback_token"] }, { limit: 1 });
  assert(token);
  for (const key of [executionKey(execution.id), jobKey(CHECK, execution.id), token.key]) {
    const row = await service.store.get(key);
    const { trace, ...old } = Object(row.value);
    assert.match(trace, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    await service.store.commit({ checks: [row], sets: [{ key, value: old }] });
  }

  const deliveries = await service.jumio.finish(execution.id, "passed");
  await service.drain();

  assert.deepEqual(deliveries, [{ status: 200 }]);
  assert.deepEqual(linkedIds(named(telemetry.spans, "POST /jumio/callback/{token}")), []);
});

Deno.test("NO_TELEMETRY leaves no trace in the rows", async () => {
  await using service = await createTestContext();
  await service.register();

  const rows = await service.store.list({ prefix: [] }, { limit: 100 });

  assert(rows.length > 0);
  for (const { value } of rows) assert(!Object.hasOwn(Object(value), "trace"));
});

Deno.test("createOpenTelemetry() links a retry to its own hook, whatever woke the runner", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });
  service.jumio.faults.isDown = true;
  const identityId = await service.register("ada@example.com");
  await service.moveClock(MINUTE);

  await service.register("bo@example.com");
  // One start a second: some slots are bo's.
  for (let slot = 0; slot < 6; slot++) await service.advance(MINUTE);

  const hook = named(telemetry.spans, "POST /jumio/initiate");
  const starts = telemetry.spans.filter(({ name, attributes }) =>
    name === "job start" && attributes["jumio_bridge.identity_id"] === identityId
  );
  assert.deepEqual(starts.slice(0, 3).map(linkedIds), Array(3).fill([hook.context.spanId]));
});
