// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { call, createJumio, start } from "../../../tests/support/jumio_client.ts";

const MINUTE = 60_000;

Deno.test("expired executions are reported in both of Jumio's forms", async () => {
  const { simulator } = createJumio({ accountsPerFiveSeconds: 1000 });
  const seen = new Set<string>();
  for (let turn = 0; turn < 40; turn++) {
    await start(simulator);
    const execution = simulator.executions[turn];
    assert(execution);
    await simulator.finish(execution.id, "link_expired");
    seen.add(`${execution.status} ${execution.decision?.type} ${execution.decision?.score}`);
  }

  assert.deepEqual(
    seen,
    new Set(["TOKEN_EXPIRED NOT_EXECUTED -1", "TOKEN_EXPIRED REJECTED 100"]),
  );
});

Deno.test("tick() expires the link, or the session if the person has opened the link", async () => {
  const { simulator, clock } = createJumio();
  await start(simulator);
  await start(simulator);
  const [unopened, opened] = simulator.executions;
  assert(unopened && opened);
  await call(simulator, { url: opened.href });

  clock.now += 15 * MINUTE;
  await simulator.tick();
  const first = [unopened.status, opened.status];
  clock.now += 15 * MINUTE;
  await simulator.tick();

  assert.deepEqual(first, ["INITIATED", "SESSION_EXPIRED"]);
  assert.equal(unopened.status, "TOKEN_EXPIRED");
});
