// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { assertUntouched } from "../../tests/support/assert_untouched.ts";
import { createTestContext, HOOK_SECRET, type TestContext } from "../../tests/support/context.ts";

const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const JSON_TYPE = { "content-type": "application/json" };
const SECRET = { "x-webhook-secret": HOOK_SECRET };

const LET_IN: readonly [name: string, jumio: unknown][] = [
  ["missing", undefined],
  ["null", null],
  ["empty", {}],
  ["a string", "rejected"],
  ["a list", [{ status: "rejected" }]],
  ["a status that is no string", { status: 1 }],
  ["a status that is not known", { status: "REJECTED" }],
  ["pending", { status: "pending" }],
  ["review", { status: "review" }],
  ["expired", { status: "expired" }],
  ["verified", { status: "verified" }],
];

for (const [name, jumio] of LET_IN) {
  Deno.test(`validate allows a sign-in with ${name} as jumio`, async () => {
    await using service = await createTestContext();

    const response = await service.hook("/jumio/validate", { "identity_id": IDENTITY_ID, jumio });

    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {});
    await assertUntouched(service);
  });
}

Deno.test("validate refuses a rejected person, and says why", async () => {
  await using service = await createTestContext();
  const body = { "identity_id": IDENTITY_ID, jumio: { status: "rejected" } };

  const response = await service.hook("/jumio/validate", body);

  await assertUntouched(service);
  assert.equal(response.status, 403);
  const { messages: [{ instance_ptr: pointer, messages: [message] }] } = await response.json();
  assert.equal(pointer, "#/");
  assert(Number.isInteger(message.id));
  assert.equal(message.type, "error");
  assert.match(message.text, /could not be verified/);
});

for (const status of ["none", "pending", "review", "expired"] as const) {
  Deno.test(`validate refuses only ${status} if LOGIN_BLOCKED_STATUSES has only that`, async () => {
    await using service = await createTestContext({ env: { "LOGIN_BLOCKED_STATUSES": status } });
    const jumio = status === "none" ? null : { status };

    const refused = await service.hook("/jumio/validate", { "identity_id": IDENTITY_ID, jumio });
    const other = await service.hook("/jumio/validate", {
      "identity_id": IDENTITY_ID,
      jumio: { status: "rejected" },
    });

    assert.equal(refused.status, 403);
    assert.equal(other.status, 200);
    await refused.body?.cancel();
    await other.body?.cancel();
  });
}

Deno.test("validate logs allowed sign-ins at debug, refusals at info, and malformed metadata at warn", async () => {
  await using service = await createTestContext();
  const validate = async (jumio: unknown) => {
    const response = await service.hook("/jumio/validate", { "identity_id": IDENTITY_ID, jumio });
    await response.body?.cancel();
  };

  await validate(null);
  await validate({ status: "rejected" });
  await validate({ status: 7 });

  const levels = service.lines.map((line) => JSON.parse(line).level);
  assert.deepEqual(levels, ["debug", "info", "warn", "debug"]);
});

Deno.test("validate accepts the secret as a Bearer token too", async () => {
  await using service = await createTestContext();

  const response = await service.send("/jumio/validate", {
    method: "POST",
    headers: { ...JSON_TYPE, authorization: `Bearer ${HOOK_SECRET}` },
    body: JSON.stringify({ "identity_id": IDENTITY_ID }),
  });

  assert.equal(response.status, 200);
  await response.body?.cancel();
});

const REJECTED = JSON.stringify({ "identity_id": IDENTITY_ID, jumio: { status: "rejected" } });

const REFUSALS: readonly [
  name: string,
  status: number,
  request: { headers: Record<string, string>; body?: string },
][] = [
  ["without a secret", 401, { headers: JSON_TYPE, body: REJECTED }],
  ["with a wrong secret", 401, {
    headers: { ...JSON_TYPE, "x-webhook-secret": `${HOOK_SECRET}x` },
    body: REJECTED,
  }],
  ["with a wrong secret beside the right Bearer", 401, {
    headers: { ...JSON_TYPE, "x-webhook-secret": "x", authorization: `Bearer ${HOOK_SECRET}` },
    body: REJECTED,
  }],
  ["with a wrong secret and a bad body, because the secret is checked first", 401, {
    headers: {},
    body: "{",
  }],
  ["with another content type", 415, {
    headers: { ...SECRET, "content-type": "text/plain" },
    body: REJECTED,
  }],
  ["with a body above the limit", 413, {
    headers: { ...SECRET, ...JSON_TYPE },
    body: JSON.stringify({ "identity_id": IDENTITY_ID, more: "x".repeat(65_536) }),
  }],
  ["with an empty body, as Kratos sends after its template failed", 400, {
    headers: { ...SECRET, ...JSON_TYPE },
    body: "",
  }],
  ["with bad JSON", 400, { headers: { ...SECRET, ...JSON_TYPE }, body: "{" }],
  ["without an identity", 400, { headers: { ...SECRET, ...JSON_TYPE }, body: "{}" }],
  ["with a malformed identity id", 400, {
    headers: { ...SECRET, ...JSON_TYPE },
    body: '{"identity_id":"ada@example.com"}',
  }],
];

for (const path of ["/jumio/validate", "/jumio/initiate"]) {
  for (const [name, status, { headers, body }] of REFUSALS) {
    Deno.test(`${path} refuses a hook ${name} with ${status}`, async () => {
      await using service = await createTestContext();

      const init = { method: "POST", headers, ...(body === undefined ? {} : { body }) };
      const response = await service.send(path, init);

      assert.equal(response.status, status);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      const text = await response.text();
      assert(!text.includes("ada@example.com"));
      assert.equal(JSON.parse(text).status, status);
      await assertUntouched(service);
    });
  }

  Deno.test(`${path} names the wrong field`, async () => {
    await using service = await createTestContext();

    const response = await service.hook(path, { "identity_id": 7 });

    assert.match((await response.json()).detail, /identity_id/);
  });

  Deno.test(`${path} tells the person at the form that the hook is set up wrongly`, async () => {
    await using service = await createTestContext();
    const body = { "identity_id": "00000000-0000-0000-0000-000000000000" };

    const response = await service.hook(path, body);

    assert.equal(response.status, 400);
    const { messages: [{ messages: [message] }] } = await response.json();
    assert.match(message.text, /response\.parse to false/);
    const line = JSON.parse(service.lines[0] ?? "");
    assert.deepEqual([line.level, line.reason], ["error", "unstored_identity"]);
    await assertUntouched(service);
  });

  Deno.test(`${path} accepts each secret of a rotation`, async () => {
    const env = { "ORY_WEBHOOK_SECRET": `a-newer-secret-of-32-characters!! ${HOOK_SECRET}` };
    await using service = await createTestContext({ env });

    const response = await service.hook(path, { "identity_id": IDENTITY_ID });

    assert.equal(response.status, 200);
    await response.body?.cancel();
  });
}

for (const status of ["none", "pending", "expired"] as const) {
  Deno.test(`validate adds the person's own link to a refusal with ${status}, and calls no upstream`, async () => {
    await using service = await createTestContext({ env: { "LOGIN_BLOCKED_STATUSES": status } });
    const jumio = status === "none" ? null : {
      status,
      "verification_url": "https://phishing.example.com/jumio/verify?token=ey",
    };

    const text = await refusalText(service, { "identity_id": IDENTITY_ID, jumio });

    const link = /https:\/\/\S+$/.exec(text)?.[0] ?? "";
    assert(link.startsWith("https://kyc.example.com/jumio/verify?token=ey"));
    assert(!text.includes("phishing"));
    await assertUntouched(service);
    const page = await (await service.send(link.slice("https://kyc.example.com".length))).text();
    assert.match(page, /Verify your identity/);
  });
}

for (const status of ["rejected", "review"] as const) {
  Deno.test(`validate adds no link to a refusal with ${status}`, async () => {
    await using service = await createTestContext({ env: { "LOGIN_BLOCKED_STATUSES": status } });

    const text = await refusalText(service, { "identity_id": IDENTITY_ID, jumio: { status } });

    assert(!text.includes("http"));
  });
}

Deno.test("validate adds no link if PUBLIC_URL is not set", async () => {
  const env = { "LOGIN_BLOCKED_STATUSES": "pending", "PUBLIC_URL": "" };
  await using service = await createTestContext({ env });

  const text = await refusalText(service, {
    "identity_id": IDENTITY_ID,
    jumio: { status: "pending", "verification_url": "https://acme.web.emea-1.jumio.ai/x" },
  });

  assert(!text.includes("http"));
  assert.match(text, /link that you were given/);
});

async function refusalText(service: TestContext, body: unknown): Promise<string> {
  const response = await service.hook("/jumio/validate", body);
  const { messages: [{ messages: [message] }] } = await response.json();
  assert.equal(response.status, 403);
  return message.text;
}
