// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { assertUntouched } from "../../../tests/support/assert_untouched.ts";
import { createTestContext } from "../../../tests/support/context.ts";
import {
  callOperator,
  createOperatedContext,
  OPERATOR_SECRET,
  secretIdOf,
} from "../../../tests/support/operator_api.ts";
import { createSecret } from "../../../lib/crypto/secret.ts";
import { createOperatorKeys } from "../../../lib/operator/key.ts";
import { listRoutes } from "../../table.ts";

const ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const AUTH = { authorization: `Bearer ${OPERATOR_SECRET}` };
const JSON_TYPE = { "content-type": "application/json" };

/** Every operator path and method, with values for the parameters. */
const CALLS = (await listRoutes({
  operator: { keys: createOperatorKeys([createSecret(OPERATOR_SECRET)]) },
}))
  .filter(({ path }) => path.startsWith("/operator/"))
  .flatMap(({ path, method }) =>
    (method === "GET" ? ["GET", "HEAD"] : [method]).map((each) => ({
      method: each,
      path: path.replace("{kind}", "publish").replace("{id}", ID),
    }))
  );

const API_CALLS = CALLS.filter(({ path }) =>
  /status|verifications|sweep|reconcile|dead-letters/.test(path)
);

Deno.test("without OPERATOR_SECRET every operator path is answered like an unknown path", async () => {
  await using service = await createTestContext();
  const unknown = await service.send("/nowhere");
  const expected = [unknown.status, await unknown.text(), [...unknown.headers]];

  for (const { method, path } of [...CALLS, { method: "DELETE", path: "/operator/" }]) {
    const response = await service.send(path, { method, headers: AUTH });
    const actual = [response.status, await response.text(), [...response.headers]];
    assert.deepEqual(actual, expected, `${method} ${path}`);
  }
  await assertUntouched(service);
});

for (
  const [name, headers] of [
    ["no secret", {}],
    ["a wrong secret", { authorization: "Bearer operator-secret-operator-secret-0124" }],
    ["the hook's secret", { authorization: "Bearer hook-secret-hook-secret-hook-secret" }],
    ["the beginning of the secret", { authorization: `Bearer ${OPERATOR_SECRET.slice(0, -1)}` }],
    ["the secret in another form", { authorization: `Basic ${OPERATOR_SECRET}` }],
  ] as const
) {
  Deno.test(`every operator path refuses ${name} before it reads anything`, async () => {
    await using service = await createOperatedContext();

    for (const { method, path } of API_CALLS) {
      const response = await service.send(path, { method, headers });
      assert.equal(response.status, 401, `${method} ${path}`);
      await response.body?.cancel();
    }
    await assertUntouched(service);
  });
}

for (
  const [name, path, init, status, detail] of [
    ["an unknown path", "nowhere", {}, 404, /nothing at this path/],
    ["a wrong method", "status", { method: "POST" }, 405, /Allow/],
    ["a change without a name", "reconcile", { method: "POST", headers: AUTH }, 400, /X-Operator/],
    [
      "a name with a line break",
      "reconcile",
      { method: "POST", headers: { ...AUTH, "x-operator": "a%0Ab" } },
      400,
      /X-Operator/,
    ],
    [
      "a name with an invalid encoding",
      "reconcile",
      { method: "POST", headers: { ...AUTH, "x-operator": "100%" } },
      400,
      /X-Operator/,
    ],
    [
      "a body with another content type",
      "reconcile",
      { method: "POST", headers: { ...AUTH, "x-operator": "grace" }, body: "{}" },
      415,
      /application\/json/,
    ],
    [
      "a body of the wrong shape",
      `verifications/${ID}/decide`,
      {
        method: "POST",
        headers: { ...AUTH, ...JSON_TYPE, "x-operator": "grace" },
        body: '{"status":"verified","reason":"she was born in 1990"}',
      },
      400,
      /reason$/,
    ],
    ["a wrong query", "verifications?status=good", { headers: AUTH }, 400, /status/],
    ["a wrong cursor", "dead-letters?cursor=x", { headers: AUTH }, 400, /cursor/],
    ["an unknown identity", `verifications/${ID}`, { headers: AUTH }, 404, /no record/],
    ["an unknown timeline", `verifications/${ID}/timeline`, { headers: AUTH }, 404, /no record/],
    ["an unknown dead letter", `dead-letters/publish/${ID}`, { headers: AUTH }, 404, /no record/],
    ["an unknown kind of one", `dead-letters/bread/${ID}`, { headers: AUTH }, 404, /no record/],
  ] as const
) {
  Deno.test(`the operator API refuses ${name}`, async () => {
    await using service = await createOperatedContext();

    const response = await service.send(`/operator/${path}`, init);

    assert.equal(response.status, status);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.match((await response.json()).detail, detail);
    await assertUntouched(service);
  });
}

Deno.test("the operator API accepts each of several secrets, and records which one", async () => {
  const older = "an-older-secret-of-the-operators-0123";
  const secrets = `${OPERATOR_SECRET} ${older}`;
  await using service = await createOperatedContext({ env: { "OPERATOR_SECRET": secrets } });
  const ids = await Promise.all([0, 1].map((index) => secretIdOf(service, index)));

  await callOperator(service, "reconcile", { body: {} });
  await callOperator(service, "reconcile", {
    body: {},
    headers: { authorization: `Bearer ${older}`, "x-operator": "Zo%C3%AB" },
  });

  const lines = service.lines.map((line) => JSON.parse(line))
    .filter(({ message }) => message === "Handled a request");
  assert.deepEqual(lines.map(({ by, secretId }) => [by, secretId]), [
    ["grace", ids[0]],
    ["Zoë", ids[1]],
  ]);
  assert.match(ids[0] ?? "", /^[0-9a-f]{8}$/);
  assert.notEqual(ids[0], ids[1]);
});

Deno.test("no cache may store an answer of the operator API", async () => {
  await using service = await createOperatedContext();

  for (const headers of [AUTH, {}]) {
    const response = await service.send("/operator/status", { headers });
    assert.equal(response.headers.get("cache-control"), "no-store");
    await response.body?.cancel();
  }
});
