// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { assertUntouched } from "../tests/support/assert_untouched.ts";
import {
  callBack,
  createCallback,
  postCallback,
  registerPerson,
  signCallback,
} from "../tests/support/callbacks.ts";
import { createTestContext } from "../tests/support/context.ts";

const MINUTE = 60_000;

const EXECUTION = { id: crypto.randomUUID(), accountId: crypto.randomUUID() };

const BODY = createCallback(EXECUTION);

const TOKEN_PATH = `/jumio/callback/${"A".repeat(43)}`;

const REFUSALS: readonly [
  name: string,
  status: number,
  request: { path?: string; body: string; headers?: Record<string, string> },
][] = [
  ["without signature and token", 401, { body: BODY }],
  ["with a signature by another secret", 401, {
    body: BODY,
    headers: { "x-jumio-signature": signCallback(BODY, "another") },
  }],
  ["with a signature of another body", 401, {
    body: BODY,
    headers: { "x-jumio-signature": signCallback(`${BODY} `) },
  }],
  ["with an unknown token", 401, { path: TOKEN_PATH, body: BODY }],
  ["with a malformed token", 401, { path: "/jumio/callback/x", body: BODY }],
  ["with a right signature and an unknown token", 401, {
    path: TOKEN_PATH,
    body: BODY,
    headers: { "x-jumio-signature": signCallback(BODY) },
  }],
  ["with bad JSON and without a signature, because the sender is checked first", 401, {
    body: "{",
  }],
  ["with another content type", 415, { body: BODY, headers: { "content-type": "text/plain" } }],
  ["with a body above the limit", 413, { body: "x".repeat(65_537) }],
  ["with bad JSON", 400, { body: "{", headers: { "x-jumio-signature": signCallback("{") } }],
  ["with ids that are not UUIDs", 400, {
    body: createCallback({ id: "../..", accountId: EXECUTION.accountId }),
    headers: { "x-jumio-signature": signCallback(createCallback({ ...EXECUTION, id: "../.." })) },
  }],
];

for (const [name, status, request] of REFUSALS) {
  Deno.test(`POST /jumio/callback refuses a callback ${name} with ${status}`, async () => {
    await using service = await createTestContext();

    const answer = await postCallback(service, request);

    assert.equal(answer.status, status);
    assert.equal(answer.body["status"], status);
    await service.drain();
    await assertUntouched(service);
  });
}

Deno.test("POST /jumio/callback answers all failures to authenticate alike, and logs the reason", async () => {
  await using service = await createTestContext();

  const answers = [];
  for (const [, status, request] of REFUSALS) {
    if (status === 401) answers.push((await postCallback(service, request)).body);
  }

  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  const reasons = new Set(service.lines.map((line) => JSON.parse(line).reason));
  assert.deepEqual(
    reasons,
    new Set(["callback_unauthenticated", "callback_signature", "callback_token"]),
  );
});

Deno.test("POST /jumio/callback/{token} refuses a wrong signature although the token is right", async () => {
  await using service = await createTestContext();
  const { execution } = await registerPerson(service);
  const path = new URL(execution.callbackUrl ?? "").pathname;
  const body = createCallback(execution);

  const answer = await postCallback(service, {
    path,
    body,
    headers: { "x-jumio-signature": signCallback(body, "another") },
  });

  assert.equal(answer.status, 401);
});

Deno.test("POST /jumio/callback refuses a signed callback if no secret is set", async () => {
  await using service = await createTestContext({ env: { "JUMIO_CALLBACK_SECRET": "" } });

  const answer = await postCallback(service, {
    body: BODY,
    headers: { "x-jumio-signature": signCallback(BODY, "") },
  });

  assert.equal(answer.status, 401);
  await assertUntouched(service);
});

Deno.test("POST /jumio/callback/{token} accepts a token only for its own execution", async () => {
  await using service = await createTestContext();
  const { execution: ada } = await registerPerson(service, "ada@example.com");
  await service.moveClock(1_000);
  const { execution: eve, identityId: eveId } = await registerPerson(service, "eve@example.com");
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(ada.id, "passed");
  const calls = service.jumio.calls.length;

  const path = new URL(eve.callbackUrl ?? "").pathname;
  const known = await postCallback(service, { path, body: createCallback(ada) });
  const unknown = await postCallback(service, { path, body: createCallback(EXECUTION) });
  const mixed = await postCallback(service, {
    path,
    body: createCallback({ ...eve, accountId: ada.accountId }),
  });
  await service.drain();

  assert.deepEqual([known.status, unknown.status], [401, 401]);
  assert.match(service.lines.join(), /callback_other_execution/);
  // The account in the body decides nothing: our own record names it.
  assert.equal(mixed.status, 200);
  assert.match(service.jumio.calls[calls]?.path ?? "", new RegExp(eve.accountId));
  assert.equal(service.metadata(eveId)["status"], "pending");
});

Deno.test("POST /jumio/callback/{token} refuses a token after its lifetime", async () => {
  await using service = await createTestContext();
  const { execution } = await registerPerson(service);
  await service.moveClock(90 * 24 * 60 * MINUTE);

  assert.equal((await callBack(service, { execution })).status, 401);
});

Deno.test("POST /jumio/callback/{token} refuses a source that is not allowed, behind one trusted proxy", async () => {
  const env = { "JUMIO_CALLBACK_SOURCES": "34.202.241.227", "TRUSTED_PROXY_HOPS": "1" };
  await using service = await createTestContext({ env });
  const { execution } = await registerPerson(service);
  const path = new URL(execution.callbackUrl ?? "").pathname;
  const from = async (source: string) =>
    (await postCallback(service, {
      path,
      body: createCallback(execution),
      headers: { "x-forwarded-for": source },
    })).status;

  assert.equal(await from("34.202.241.227, 198.51.100.1"), 401);
  assert.equal(await from("198.51.100.1, 34.202.241.227"), 200);
});
