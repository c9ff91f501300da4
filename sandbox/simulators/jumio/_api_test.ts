// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  ACCOUNTS,
  authorize,
  call,
  createJumio,
  HOSTS,
  REFERENCE,
  retrieve,
  START,
  start,
} from "../../../tests/support/jumio_client.ts";

Deno.test("calls without a User-Agent, with a wrong token or on a wrong host are refused", async () => {
  const { simulator } = createJumio();
  const headers = await authorize(simulator);
  const body = JSON.stringify(START);

  const noAgent = await call(simulator, {
    method: "POST",
    url: ACCOUNTS,
    headers: { ...headers, "user-agent": "" },
    body,
  });
  const noToken = await call(simulator, { method: "POST", url: ACCOUNTS, body });
  const wrongHost = await call(simulator, {
    method: "POST",
    url: `${HOSTS.retrieval}/api/v1/accounts`,
    headers,
    body,
  });

  assert.deepEqual([noAgent.status, noToken.status, wrongHost.status], [403, 401, 404]);
  assert.deepEqual(noToken.json, {
    title: "Unauthorized",
    status: 401,
    detail: "The provided credentials are invalid",
  });
});

Deno.test("details contain personal data and are 404 during the configured delay", async () => {
  const { simulator, clock } = createJumio({ detailsDelayMs: 1_000 });
  await start(simulator);
  await simulator.finish(simulator.executions[0]?.id ?? "", "passed");

  const early = await retrieve(simulator);
  const status = await retrieve(simulator, "/status");
  clock.now += 1_000;
  const details = await retrieve(simulator);

  assert.equal(early.status, 404);
  assert.equal(status.json.workflowExecution.status, "PROCESSED");
  assert.equal(details.json.workflow.customerInternalReference, REFERENCE);
  assert.equal(details.json.decision.type, "PASSED");
  assert.match(JSON.stringify(details.json), /PERSONALFIRSTNAME/);
});

Deno.test("details are 404 after the account was deleted", async () => {
  const { simulator } = createJumio();
  await start(simulator);
  const [execution] = simulator.executions;
  await simulator.finish(execution?.id ?? "", "passed");

  const deleted = await call(simulator, {
    method: "DELETE",
    url: `${HOSTS.retrieval}/api/v1/accounts/${execution?.accountId}`,
    headers: await authorize(simulator),
  });

  assert.equal(deleted.status, 200);
  assert.equal((await retrieve(simulator)).status, 404);
});

for (
  const [name, fault, expected] of [
    ["is down", { isDown: true }, 503],
    ["answers rubbish", { isRubbish: true }, 200],
    ["has a forced status", { nextStatuses: [418] }, 418],
  ] as const
) {
  Deno.test(`the API answers ${expected} when Jumio ${name}`, async () => {
    const { simulator } = createJumio();
    Object.assign(simulator.faults, structuredClone(fault));

    const answer = await call(simulator, { url: `${HOSTS.retrieval}/api/v1/accounts/x` });

    assert.equal(answer.status, expected);
  });
}
