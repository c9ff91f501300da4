// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../../tests/support/context.ts";
import { createOperatedContext, OPERATOR_SECRET } from "../../../tests/support/operator_api.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const SAME = { "sec-fetch-site": "same-origin" };
const HOUR = 3_600_000;

async function post(
  service: TestContext,
  path: string,
  { fields, headers = { ...FORM, ...SAME } }: {
    fields: Record<string, string>;
    headers?: Record<string, string>;
  },
): Promise<Response> {
  const response = await service.send(`/operator/${path}`, {
    method: "POST",
    headers,
    body: new URLSearchParams(fields).toString(),
    redirect: "manual",
  });
  return response;
}

async function signIn(service: TestContext, { name = "grace" } = {}): Promise<string> {
  const response = await post(service, "sign-in", { fields: { name, secret: OPERATOR_SECRET } });
  await response.body?.cancel();
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

async function show(
  service: TestContext,
  cookie: string,
  query = "",
): Promise<{ status: number; page: string }> {
  const response = await service.send(`/operator/${query}`, { headers: { cookie } });
  return { status: response.status, page: await response.text() };
}

async function createLetter(service: TestContext): Promise<string> {
  const identityId = await service.register();
  service.kratos.faults.isAdminDown = true;
  await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", "passed");
  for (let hour = 0; hour < 26; hour++) await service.advance(HOUR);
  service.kratos.faults.isAdminDown = false;
  return identityId;
}

Deno.test("the operator's page shows only the form to sign in without a session", async () => {
  await using service = await createOperatedContext();
  await createLetter(service);

  const { status, page } = await show(service, "");

  assert.equal(status, 200);
  assert.match(page, /action="sign-in"/);
  assert(!/Queues|Dead letter/.test(page));
});

Deno.test("the operator's page has no script, loads nothing from other sites, and its policy says so", async () => {
  await using service = await createOperatedContext();
  const cookie = await signIn(service);

  const response = await service.send("/operator/", { headers: { cookie } });

  const page = await response.text();
  assert(!/<script|javascript:|style="|https?:/i.test(page));
  const policy = response.headers.get("content-security-policy") ?? "";
  assert.match(
    policy,
    /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  );
  assert(!policy.includes("unsafe"));
  assert.equal(response.headers.get("cache-control"), "no-store");
});

Deno.test("the operator's page shows waiting and due jobs of each kind", async () => {
  await using service = await createOperatedContext();
  await service.register();
  await service.moveClock(HOUR);
  const cookie = await signIn(service);

  const { page } = await show(service, cookie);

  const row = (name: string) =>
    new RegExp(`${name}</th>\\s*<td class="number">(.*?)</td>\\s*<td class="number">(.*?)</td>`)
      .exec(page)?.slice(1);
  assert.deepEqual(row("Read from Jumio"), ["1", "1"]);
  // The job that renews the link before it expires.
  assert.deepEqual(row("Write to Ory"), ["1", "0"]);
  assert.deepEqual(row("Start at Jumio"), ["0", "0"]);
});

Deno.test("sign-in sets a cookie that is not the secret and that no script can read", async () => {
  await using service = await createOperatedContext();

  const response = await post(service, "sign-in", {
    fields: { name: "grace", secret: OPERATOR_SECRET },
  });

  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "./");
  const cookie = response.headers.get("set-cookie") ?? "";
  assert.match(
    cookie,
    /^__Host-operator=[\w.-]+; Path=\/; Max-Age=1800; Secure; HttpOnly; SameSite=Strict$/,
  );
  assert(!cookie.includes(OPERATOR_SECRET));
  assert(!service.lines.join().includes(OPERATOR_SECRET));
});

for (
  const [name, fields] of [
    ["a wrong secret", { name: "grace", secret: "x".repeat(32) }],
    ["no secret", { name: "grace" }],
    ["a name with markup", { name: "<b>", secret: OPERATOR_SECRET }],
  ] as const
) {
  Deno.test(`sign-in refuses ${name}`, async () => {
    await using service = await createOperatedContext();

    const response = await post(service, "sign-in", { fields: { ...fields } });

    assert.equal(response.status, 401);
    assert.equal(response.headers.get("set-cookie"), null);
    assert.match(await response.text(), /role="alert"/);
  });
}

for (
  const [name, headers, status] of [
    ["a form of another site", { ...FORM, "sec-fetch-site": "cross-site" }, 403],
    ["a form of another host of the same site", { ...FORM, "sec-fetch-site": "same-site" }, 403],
    ["a form of another origin", { ...FORM, origin: "https://evil.example.com" }, 403],
    ["a form with a hidden origin", { ...FORM, origin: "null" }, 403],
    ["a form without Sec-Fetch-Site and Origin", FORM, 403],
    ["a form of another type", { ...SAME, "content-type": "text/plain" }, 415],
  ] as const
) {
  Deno.test(`the operator's forms refuse ${name}`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createLetter(service);
    const cookie = await signIn(service);

    const fields = { name: "grace", secret: OPERATOR_SECRET, kind: "publish", id: identityId };
    for (const path of ["sign-in", "sign-out", "replay", "publish"]) {
      const response = await post(service, path, { fields, headers: { ...headers, cookie } });
      await response.body?.cancel();
      assert.equal(response.status, status, path);
      assert.equal(response.headers.get("set-cookie"), null, path);
    }
    await service.drain();
    assert.equal(service.metadata(identityId)["status"], "pending");
  });
}

Deno.test("the operator's forms work in an old browser that sends only Origin", async () => {
  await using service = await createOperatedContext();

  const response = await post(service, "sign-in", {
    fields: { name: "grace", secret: OPERATOR_SECRET },
    headers: { ...FORM, origin: "https://kyc.example.com" },
  });

  assert.equal(response.status, 303);
});

Deno.test("the button replays a dead letter in the name of the operator who has signed in", async () => {
  await using service = await createOperatedContext();
  const identityId = await createLetter(service);
  const cookie = await signIn(service, { name: "Ada L." });
  const before = await show(service, cookie);
  assert.match(before.page, /1 job given up: could not write to the identity, Ory answered 503/);

  const response = await post(service, "replay", {
    fields: { kind: "publish", id: identityId },
    headers: { ...FORM, ...SAME, cookie },
  });
  await service.drain();

  assert.deepEqual([response.status, response.headers.get("location")], [
    303,
    "./?replayed",
  ]);
  assert.equal(service.metadata(identityId)["status"], "verified");
  const after = await show(service, cookie, "?replayed");
  assert.match(after.page, /Nothing needs you/);
  const { page } = await show(service, cookie, `?id=${identityId}`);
  assert.match(page, /action: replay.*by: Ada L\./);
});

Deno.test("the button to replay does nothing without a session", async () => {
  await using service = await createOperatedContext();
  const identityId = await createLetter(service);

  const response = await post(service, "replay", { fields: { kind: "publish", id: identityId } });
  await service.drain();

  assert.equal(response.headers.get("location"), "./?ended");
  assert.equal(service.metadata(identityId)["status"], "pending");
});

Deno.test("a session ends after half an hour, with its secret, and with the button", async () => {
  await using service = await createOperatedContext();
  const cookie = await signIn(service);
  await using other = await createOperatedContext({
    env: { "OPERATOR_SECRET": "another-operator-secret-another-0123" },
  });

  assert.match((await show(service, cookie)).page, /Sign out/);
  assert.match((await show(other, cookie)).page, /Sign in/);
  assert.match((await show(service, `${cookie}x`)).page, /Sign in/);
  await service.moveClock(30 * 60_000 + 1_000);
  assert.match((await show(service, cookie)).page, /Sign in/);
  const response = await post(service, "sign-out", { fields: {} });
  assert.match(response.headers.get("set-cookie") ?? "", /^__Host-operator=; Path=\/; Max-Age=0;/);
});

Deno.test("the operator's page escapes the id in the address, and refuses an over-long one with 400", async () => {
  await using service = await createOperatedContext();
  const cookie = await signIn(service);

  const { status, page } = await show(service, cookie, "?id=%22%3E%3Cscript%3E");

  assert.equal(status, 404);
  assert(!page.includes("<script>"));
  assert.match(page, /There is no record of this id/);
  assert.equal((await show(service, cookie, `?id=${"a".repeat(65)}`)).status, 400);
  assert.equal((await show(service, cookie, `?id=${"a".repeat(3_000)}`)).status, 400);
});

Deno.test("the operator's page draws starts and verdicts, and has them as a table", async () => {
  await using service = await createOperatedContext();
  const cookie = await signIn(service);
  await service.register();
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "rejected");
  await service.drain();

  const { page } = await show(service, cookie);

  assert.match(page, /Starts by hour: 1 in the last 48 hours, at most 1 in one/);
  assert.match(page, /<rect class="rejected"[^>]*>\s*<title>05-04 09:00: rejected 1<\/title>/);
  assert.match(page, /<th scope="row">05-04 09:00<\/th>/);
});
