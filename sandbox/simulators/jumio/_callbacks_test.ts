// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createJumio, START, start } from "../../../tests/support/jumio_client.ts";
import { OUTCOMES } from "./_execution.ts";

for (const outcome of OUTCOMES) {
  Deno.test(`the callback about ${outcome} contains ids and a status only`, async () => {
    const { simulator, received } = createJumio();
    await start(simulator);
    const [execution] = simulator.executions;
    assert(execution);

    await simulator.finish(execution.id, outcome);

    const [{ body, signature } = { body: {}, signature: "" }] = received;
    assert.equal(signature, null);
    assert.deepEqual(Object.keys(body), [
      "callbackSentAt",
      "userReference",
      "workflowExecution",
      "account",
    ]);
    const text = JSON.stringify(body);
    assert(!text.includes("customerInternalReference") && !text.includes("decision"));
    assert(text.includes(`/api/v1/workflow-executions/${execution.id}"`));
  });
}

Deno.test("callbacks lack their token or have a wrong signature when the faults say so", async () => {
  const urls: string[] = [];
  const signatures: (string | null)[] = [];
  const { simulator } = createJumio({
    fetch(input, init) {
      const request = new Request(input, init);
      urls.push(request.url);
      signatures.push(request.headers.get("x-jumio-signature"));
      return Promise.resolve(new Response(null, { status: 401 }));
    },
  });

  for (const callbacks of ["unsigned", "forged"] as const) {
    const { json } = await start(simulator);
    simulator.faults.callbacks = callbacks;
    assert.deepEqual(await simulator.finish(json.workflowExecution.id, "passed"), [
      { status: 401 },
    ]);
  }

  assert.deepEqual(urls, ["https://kyc.example.com/jumio/callback", START.callbackUrl]);
  assert.equal(signatures[0], null);
  assert.match(signatures[1] ?? "", /^[0-9a-f]{64}$/);
});

Deno.test("callbacks are dropped, repeated and reordered when the faults say so", async () => {
  const { simulator, received } = createJumio();
  for (let turn = 0; turn < 4; turn++) await start(simulator);
  const ids = simulator.executions.map(({ id }) => id);
  const finish = async (turn: number, callbacks: "drop" | "repeat" | "hold") => {
    simulator.faults.callbacks = callbacks;
    await simulator.finish(ids[turn] ?? "", "passed");
  };

  await finish(0, "drop");
  const dropped = received.length;
  await finish(1, "repeat");
  const repeated = received.length;
  await finish(2, "hold");
  await finish(3, "hold");
  await simulator.releaseCallbacks();

  assert.deepEqual([dropped, repeated], [0, 3]);
  const order = received.slice(3).map(({ body }) => Object(body["workflowExecution"]).id);
  assert.deepEqual(order, [ids[3], ids[2]]);
});

Deno.test("callbacks are signed when a secret is configured", async () => {
  const { simulator, received } = createJumio({ signCallbacksWith: "callback-secret" });
  await start(simulator);

  await simulator.finish(simulator.executions[0]?.id ?? "", "passed");

  assert.match(received[0]?.signature ?? "", /^[0-9a-f]{64}$/);
});
