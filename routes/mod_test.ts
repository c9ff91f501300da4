// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { assertUntouched } from "../tests/support/assert_untouched.ts";
import { createTestContext, HOOK_SECRET, type TestContext } from "../tests/support/context.ts";
import { callOperator, createOperatedContext } from "../tests/support/operator_api.ts";
import { createStore } from "../lib/kv/store.ts";
import { createHandler } from "./mod.ts";
import { listRoutes } from "./table.ts";

for (
  const path of [
    "/",
    "/jumio",
    "//jumio/validate/",
    "/jumio/validate//",
    "///jumio/initiate",
    "/jumio//initiate",
    "/jumio/Validate",
    "/jumio/%76alidate",
    "//jumio/callback",
    "/jumio/callback/",
    "/jumio/verify/",
    "//jumio/verify",
    "/health/",
    "//health",
    "//operator/status",
    "/jumio/callback/a/b",
    "/Health",
  ]
) {
  Deno.test(`createHandler() answers 404 for ${path}`, async () => {
    await using service = await createTestContext();

    const response = await service.send(path, { method: "POST", body: "{}" });

    assert.equal(response.status, 404);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.equal((await response.json()).status, 404);
    await assertUntouched(service);
  });
}

for (const path of ["/jumio/initiate", "/jumio/validate"]) {
  for (const variant of [`/${path}`, `${path}/`]) {
    Deno.test(`createHandler() takes ${variant} for ${path}`, async () => {
      await using service = await createTestContext();
      const identityId = await service.register();

      const response = await service.hook(variant, { "identity_id": identityId });

      assert.equal(response.status, 200);
      await response.body?.cancel();
    });
  }
}

for (
  const [method, path, allow] of [
    ["GET", "/jumio/validate", "POST"],
    ["PUT", "/jumio/initiate", "POST"],
    ["GET", "/jumio/callback", "POST"],
    ["DELETE", `/jumio/callback/${"a".repeat(43)}`, "POST"],
    ["PUT", "/jumio/verify", "GET, HEAD, POST"],
    ["POST", "/jumio/verify/return", "GET, HEAD"],
    ["POST", "/health", "GET, HEAD"],
    ["POST", "/ready", "GET, HEAD"],
  ] as const
) {
  Deno.test(`createHandler() answers 405 for ${method} ${path}, and names the allowed methods`, async () => {
    await using service = await createTestContext();

    const response = await service.send(path, { method });

    assert.equal(response.status, 405);
    assert.equal(response.headers.get("allow"), allow);
    await response.body?.cancel();
    await assertUntouched(service);
  });
}

Deno.test("createHandler() checks the path before the method, and the method before the secret", async () => {
  await using service = await createTestContext();

  const statuses = [];
  for (
    const [method, path] of [["GET", "/nowhere"], ["GET", "/jumio/validate"], [
      "POST",
      "/jumio/validate",
    ]]
  ) {
    const response = await service.send(path ?? "", { method: method ?? "" });
    await response.body?.cancel();
    statuses.push(response.status);
  }

  assert.deepEqual(statuses, [404, 405, 401]);
});

Deno.test("/health answers 200 and /ready 503 while KV is down; /ready answers 200 when KV is back", async () => {
  let isDown = true;
  const store = createStore({
    open: () => isDown ? Promise.reject(new Error("down")) : Deno.openKv(":memory:"),
  });
  await using service = await createTestContext({ store });
  const statusOf = async (path: string) => {
    const response = await service.send(path);
    await response.body?.cancel();
    return response.status;
  };

  const down = [await statusOf("/health"), await statusOf("/ready")];
  const { detail, reason } = await (await service.send("/ready")).json();
  isDown = false;
  const back = [await statusOf("/health"), await statusOf("/ready")];

  assert.deepEqual(down, [200, 503]);
  assert.deepEqual([detail, reason], ["KV cannot be written: kv_failed", "kv_failed"]);
  assert.deepEqual(back, [200, 200]);
});

Deno.test("while KV is down initiate answers 503 without Retry-After, and validate still works", async () => {
  const store = createStore({ open: () => Promise.reject(new Error("down")) });
  await using service = await createTestContext({ store });
  const identityId = crypto.randomUUID();

  const initiate = await service.hook("/jumio/initiate", { "identity_id": identityId });
  const validate = await service.hook("/jumio/validate", { "identity_id": identityId });

  assert.equal(initiate.status, 503);
  assert.equal(initiate.headers.get("retry-after"), null);
  const { detail, ...problem } = await initiate.json();
  assert.deepEqual(problem, {
    type: "about:blank",
    title: "Not available",
    status: 503,
    reason: "kv_failed",
  });
  assert.match(detail, /^kv_failed: KV does not answer, .*Please repeat the request; its id was /);
  assert.equal(validate.status, 200);
  await validate.body?.cancel();
});

for (
  const [status, expected] of [
    [302, { reason: "kratos_redirect", text: /^Ory answered 302: .* a redirect\./ }],
    [401, { reason: "kratos_status", text: /^Ory answered 401: .* refuses our key\./ }],
    [429, { reason: "kratos_status", text: /^Ory answered 429: .* rate limit allows\./ }],
    [503, { reason: "kratos_status", text: /^Ory answered 503: Ory is down\./ }],
  ] as const
) {
  Deno.test(`the operator API says that Ory answered ${status}, and nothing secret`, async () => {
    await using service = await createOperatedContext({
      env: { "ORY_API_KEY": "ory-key-of-ours" },
    });
    service.kratos.faults.nextStatuses.push(status);
    const path = `verifications/${crypto.randomUUID()}/start`;

    const { status: answered, body } = await callOperator(service, path, { body: {} });

    assert.deepEqual(
      [answered, body["reason"], body["upstream_status"]],
      [503, expected.reason, status],
    );
    assert.match(String(body["detail"]), expected.text);
    assert.doesNotMatch(JSON.stringify(body), /ory-key-of-ours|operator-secret|http/);
  });
}

Deno.test("a bug is answered with 500 and the request id, and the log has the stack", async () => {
  await using service = await createTestContext();
  const { store } = service;
  Object.assign(store, { commit: () => Promise.reject(new TypeError("secret detail")) });

  const response = await service.hook("/jumio/initiate", { "identity_id": crypto.randomUUID() });

  assert.equal(response.status, 500);
  const body = await response.text();
  assert(!body.includes("secret detail"));
  const line = service.lines.map((text) => JSON.parse(text)).find(({ level }) => level === "error");
  assert.equal(line.error, "TypeError");
  assert.match(line.stack, /mod_test\.ts/);
  assert(!JSON.stringify(line).includes("secret detail"));
  assert(body.includes(line.requestId));
});

async function showRows({ store }: TestContext): Promise<string> {
  const rows = await store.list({ prefix: [] }, { limit: 1000 });
  return JSON.stringify(rows, (_, value) => typeof value === "bigint" ? String(value) : value);
}

Deno.test("no log line and no row has a secret or personal data, except Jumio's link while it is valid", async () => {
  await using service = await createTestContext();
  const identityId = await service.register();
  const [execution] = service.jumio.executions;
  assert(execution);
  const rowsBefore = await showRows(service);
  await service.jumio.finish(execution.id, "rejected");
  await service.advance(60_000);
  await service.signIn();

  const rows = await showRows(service);
  const token = new URL(execution.callbackUrl ?? "").pathname.split("/").at(-1) ?? "";
  const log = service.lines.join("\n");
  assert(log.includes(identityId));
  for (
    const secret of [
      HOOK_SECRET,
      "client-secret",
      token,
      execution.linkToken,
      "eyJ",
      "PERSONAL",
      "ada@",
    ]
  ) {
    assert(!log.includes(secret), secret);
  }
  for (const secret of [HOOK_SECRET, "client-secret", token, "PERSONAL", "ada@"]) {
    assert(!(rowsBefore + rows).includes(secret), secret);
  }
  // Jumio's link is stored only as long as it is valid.
  assert(rowsBefore.includes(execution.linkToken));
  assert(!rows.includes(execution.linkToken));
});

Deno.test("createHandler() answers 503 if a route takes too long, and logs it", async () => {
  await using service = await createTestContext();
  let askedMs = 0;
  const handle = createHandler({
    ...service.context,
    store: { ...service.context.store, get: () => new Promise(() => {}) },
    setDeadline(callback, delayMs) {
      askedMs = delayMs;
      queueMicrotask(callback);
      return () => {};
    },
  }, await listRoutes(service.context.config));

  const response = await handle(new Request("http://service/ready"), { remoteAddr: {} });

  assert.equal(response.status, 503);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert(askedMs < 30_000, "Kratos waits for 30 s");
  assert.match((await response.json()).detail, /^The answer was not ready after 10 s\. /);
  assert(service.lines.some((line) => line.includes("A request took too long")));
});
