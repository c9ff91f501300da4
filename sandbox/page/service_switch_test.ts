// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createServiceSwitch } from "./service_switch.ts";

/** A switch, and what happened to its processes. */
function create() {
  const steps: string[] = [];
  const service = createServiceSwitch((env) => {
    steps.push(`start ${env["A"]}`);
    const end = (how: string) => () => Promise.resolve(void steps.push(how));
    return Promise.resolve({
      pid: 1,
      status: new Promise<never>(() => {}),
      stdout: undefined,
      ready: () => Promise.resolve(),
      stop: end("stop"),
      kill: end("kill"),
    });
  }, { serviceUrl: "http://service", env: { "A": "1" } });
  return { service, steps };
}

Deno.test("set() stops a running service and starts it with the new value", async () => {
  const { service, steps } = create();
  await service.start();

  await service.set("A", "2");

  assert.deepEqual(steps, ["start 1", "stop", "start 2"]);
  assert.equal(service.isKilled(), false);
});

Deno.test("set() leaves a killed service killed, and its next start has the new value", async () => {
  const { service, steps } = create();
  await service.start();
  await service.kill();

  await service.set("A", "2");
  const isKilled = service.isKilled();
  await service.start();

  assert(isKilled);
  assert.deepEqual(steps, ["start 1", "kill", "start 2"]);
  assert.equal(service.env["A"], "2");
});
