import assert from "node:assert/strict";
import { createTestContext } from "../../tests/support/context.ts";
import { registerWithoutHooks } from "../../tests/support/operator_api.ts";
import { createFakeOpenTelemetry, type FakePoint } from "../../tests/support/telemetry.ts";

const MINUTE = 60_000;

Deno.test("observeSweep() observes the sweep once one has ended", async () => {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });
  await registerWithoutHooks(service);
  service.clock.now += MINUTE;
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
