// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext } from "../../tests/support/context.ts";
import { registerWithoutHooks } from "../../tests/support/operator_api.ts";
import { EVENTS_ENV } from "../../tests/support/receiver.ts";
import { type Breaker, breakerKey } from "../jobs/breaker.ts";
import { PAUSED_STARTS_KEY } from "../verification/held_starts.ts";
import { START } from "../verification/job_kinds.ts";
import { createFakeOpenTelemetry, type FakePoint } from "../../tests/support/telemetry.ts";

const MINUTE = 60_000;

Deno.test("observeSweep() observes the sweep once one has ended", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });
  await registerWithoutHooks(service);
  await service.moveClock(MINUTE);
  const before = await telemetry.observe();
  await service.context.planSweep();

  await service.advance(MINUTE);
  await service.advance(MINUTE);

  const observed = (points: readonly FakePoint[]) =>
    points.filter(([name]) => name.startsWith("jumio_bridge.sweep."))
      .map(([name, value]) => [name.replace("jumio_bridge.sweep.", ""), value]);
  assert.deepEqual(observed(before), []);
  assert.deepEqual(observed(await telemetry.observe()), [
    ["differing", 0],
    ["never_started", 1],
    ["stopped", 0],
    ["age", 60],
  ]);
});

Deno.test("observeHeldStarts() observes a pause and an open breaker", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });
  const observe = async () =>
    (await telemetry.observe()).filter(([name]) => name === "jumio_bridge.starts.held")
      .map(([_name, value, attributes]) => [attributes["reason"], value]);
  const before = await observe();

  const breaker: Breaker = { v: 1, failed: [true], openedAt: 1, nextProbeAt: 1 };
  await service.store.commit({
    sets: [{ key: PAUSED_STARTS_KEY, value: { v: 1 } }, { key: breakerKey(START), value: breaker }],
  });

  assert.deepEqual(before, [["starts_paused", 0], ["breaker_open", 0]]);
  assert.deepEqual(await observe(), [["starts_paused", 1], ["breaker_open", 1]]);
});

Deno.test("observeEvents() observes how long the oldest event has waited, and the pause after a 410", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry, env: EVENTS_ENV });
  const before = await telemetry.observe();
  service.receiver.answer = () => new Response(null, { status: 410 });
  await service.register();
  await service.advance(MINUTE);

  const after = await telemetry.observe();

  const observed = (points: readonly FakePoint[]) =>
    points.filter(([name]) => name.startsWith("jumio_bridge.events."))
      .map(([name, value]) => [name.replace("jumio_bridge.events.", ""), value]);
  assert.deepEqual(observed(before), [["oldest_age", 0], ["paused", 0]]);
  assert.deepEqual(observed(after), [["oldest_age", 60], ["paused", 1]]);
});
