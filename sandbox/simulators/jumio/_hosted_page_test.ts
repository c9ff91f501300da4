// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { call, createJumio, START, start } from "../../../tests/support/jumio_client.ts";
import { OUTCOMES } from "./_execution.ts";

Deno.test("the hosted page accepts one outcome and redirects with Jumio's parameters", async () => {
  const { simulator } = createJumio();
  const web = {
    successUrl: "https://app.example.com/done",
    errorUrl: "https://app.example.com/no",
  };
  await start(simulator, { ...START, web });
  const [execution] = simulator.executions;
  assert(execution);

  const page = await call(simulator, { url: execution.href });
  const answer = await simulator.fetch(
    new Request(execution.href, {
      method: "POST",
      body: new URLSearchParams({ outcome: "abandoned" }),
    }),
  );
  const again = await call(simulator, { url: execution.href });

  assert.equal(page.json.match(/<button/g)?.length, OUTCOMES.length);
  const target = new URL(answer.headers.get("location") ?? "");
  assert.equal(target.origin + target.pathname, web.errorUrl);
  assert.equal(target.searchParams.get("acquisitionStatus"), "ERROR");
  assert.equal(target.searchParams.get("errorCode"), "9210");
  assert.equal(again.status, 410);
});

Deno.test("the hosted page allows forms to redirect to the return addresses only", async () => {
  const { simulator } = createJumio();
  const web = { successUrl: "https://app.example.com/done", errorUrl: "https://help.example.com/" };
  await start(simulator, { ...START, web });

  const page = await simulator.fetch(new Request(simulator.executions[0]?.href ?? ""));

  assert.match(
    page.headers.get("content-security-policy") ?? "",
    /form-action 'self' https:\/\/app\.example\.com https:\/\/help\.example\.com;/,
  );
});

Deno.test("the hosted page refuses an unknown outcome", async () => {
  const { simulator, received } = createJumio();
  await start(simulator);
  const [execution] = simulator.executions;
  const body = new URLSearchParams({ outcome: "unknown" });

  const answer = await simulator.fetch(
    new Request(execution?.href ?? "", { method: "POST", body }),
  );

  assert.equal(answer.status, 400);
  assert.equal(execution?.completedAt, undefined);
  assert.deepEqual(received, []);
});
