// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext, type TestContext } from "../../tests/support/context.ts";
import { createVisitCookie, readVisitCookie } from "./_visit_cookie.ts";

const PATH = "/jumio/verify/return";
const MINUTE = 60_000;

/** The parameters that Jumio adds to the address, written by an attacker here. */
const QUERY = new URLSearchParams({
  accountId: "11111111-1111-4111-8111-111111111111",
  workflowExecutionId: "22222222-2222-4222-8222-222222222222",
  customerInternalReference: "33333333-3333-4333-8333-333333333333",
  acquisitionStatus: "SUCCESS",
});

/** Goes to Jumio, and returns the cookie of that visit. */
async function visit(service: TestContext, identityId: string): Promise<string> {
  const response = await service.follow(identityId);
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function comeBack(
  service: TestContext,
  { cookie, query = "" }: { cookie?: string; query?: string },
): Promise<{ title: string; html: string; response: Response }> {
  const headers = cookie === undefined ? {} : { cookie };
  const response = await service.send(PATH + query, { headers });
  const html = await response.text();
  return { title: /<h1>([^<]*)<\/h1>/.exec(html)?.[1] ?? "", html, response };
}

Deno.test("the return page without a cookie says that the window can be closed", async () => {
  await using service = await createTestContext();

  const { title, html, response } = await comeBack(service, { query: `?${QUERY}` });

  assert.equal(response.status, 200);
  assert.equal(title, "You can close this window");
  for (const value of QUERY.values()) assert(!html.includes(value));
  assert.equal(service.jumio.calls.length, 0);
});

Deno.test("the return page shows the check and then the verdict, and refreshes itself", async () => {
  await using service = await createTestContext();
  const identityId = await service.register();
  const cookie = await visit(service, identityId);
  const calls = service.jumio.calls.length;

  const checking = await comeBack(service, { cookie, query: `?${QUERY}` });
  const callsAfter = service.jumio.calls.length;
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  await service.drain();
  const done = await comeBack(service, { cookie });

  assert.equal(checking.title, "We are checking your details");
  assert.match(checking.html, /data-refresh="https:\/\/kyc\.example\.com\/jumio\/verify\/return"/);
  for (const value of QUERY.values()) assert(!checking.html.includes(value));
  assert.equal(callsAfter, calls);
  assert.equal(done.title, "You are verified");
});

for (
  const [code, sentence] of [
    ["9822", /The camera could not be used/],
    ["9210", /The time ran out/],
    ["9835", /All attempts were used/],
    ["9800", /The connection was lost/],
    ["nonsense<script>", /You left before the check was finished/],
    ["toString", /You left before the check was finished/],
  ] as const
) {
  Deno.test(`the return page shows a sentence for the error code ${code}`, async () => {
    await using service = await createTestContext();
    const cookie = await visit(service, await service.register());

    const query = `?${new URLSearchParams({ errorCode: code, acquisitionStatus: "ERROR" })}`;
    const { title, html } = await comeBack(service, { cookie, query });

    assert.equal(title, "Your verification was interrupted");
    assert.match(html, sentence);
    assert(!html.includes(code));
  });
}

Deno.test("the return page ignores an error code if the person is verified", async () => {
  await using service = await createTestContext();
  const cookie = await visit(service, await service.register());
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  await service.drain();

  const { title } = await comeBack(service, { cookie, query: "?errorCode=9835" });

  assert.equal(title, "You are verified");
});

Deno.test("the return page has no button and no link of the person", async () => {
  await using service = await createTestContext();
  const cookie = await visit(service, await service.register());
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "abandoned");
  await service.drain();

  const { title, html } = await comeBack(service, { cookie });

  assert.equal(title, "Please start your verification again");
  assert.match(html, /open your link again/);
  assert(!html.includes("<form") && !html.includes("token="));
});

Deno.test("the return page ignores a cookie that is forged, expired, or the token of a link", async () => {
  await using service = await createTestContext();
  const identityId = await service.register();
  const cookie = await visit(service, identityId);
  const token = new URLSearchParams(service.link(identityId).split("?")[1]).get("token");

  const forged = await comeBack(service, { cookie: `${cookie}x` });
  const link = await comeBack(service, { cookie: `__Host-jumio_visit=${token}` });
  const other = await comeBack(service, { cookie: `__Host-jumio_visit_2=${cookie.split("=")[1]}` });
  await service.moveClock(30 * MINUTE);
  const old = await comeBack(service, { cookie });

  for (const { title } of [forged, link, other, old]) {
    assert.equal(title, "You can close this window");
  }
});

Deno.test("the return page ignores the cookie that a sibling domain can set", async () => {
  await using service = await createTestContext({ env: { "JUMIO_STARTS_PER_SECOND": "1000" } });
  const ada = await visit(service, await service.register("ada@example.com"));
  await service.advance(1_000);
  const eve = await visit(service, await service.register("eve@example.com"));
  await service.jumio.finish(service.jumio.executions[1]?.id ?? "", "passed");
  await service.drain();
  const tossed = eve.replace("__Host-", "");

  const { title } = await comeBack(service, { cookie: `${tossed}; ${ada}; ${tossed}` });
  const alone = await comeBack(service, { cookie: tossed });

  assert.equal(title, "We are checking your details");
  assert.equal(alone.title, "You can close this window");
});

Deno.test("the return page knows the person after several executions", async () => {
  await using service = await createTestContext({ env: { "JUMIO_STARTS_PER_SECOND": "1000" } });
  const identityId = await service.register();
  const first = await visit(service, identityId);
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "abandoned");
  await service.advance(MINUTE);
  const second = await visit(service, identityId);
  await service.jumio.finish(service.jumio.executions[1]?.id ?? "", "passed");
  await service.drain();

  assert.equal(service.jumio.executions.length, 2);
  for (const cookie of [first, second]) {
    assert.equal((await comeBack(service, { cookie })).title, "You are verified");
  }
});

Deno.test("the return page on loopback has a cookie of its own path, because http has no __Host- cookies", () => {
  const cookie = createVisitCookie({ token: "token" }, "http://127.0.0.1:3000");

  assert.match(cookie, /^jumio_visit=token; Path=\/jumio\/verify\/return; /);
  assert.equal(readVisitCookie(new Headers({ cookie }), "http://127.0.0.1:3000")?.token, "token");
});

Deno.test("the return page shows each person their own progress", async () => {
  await using service = await createTestContext({ env: { "JUMIO_STARTS_PER_SECOND": "1000" } });
  const ada = await visit(service, await service.register("ada@example.com"));
  await service.advance(1_000);
  const eve = await visit(service, await service.register("eve@example.com"));
  const [first] = service.jumio.executions;
  await service.jumio.finish(first?.id ?? "", "passed");
  await service.drain();
  const claim = new URLSearchParams({
    accountId: first?.accountId ?? "",
    workflowExecutionId: first?.id ?? "",
  });

  assert.equal((await comeBack(service, { cookie: ada })).title, "You are verified");
  const stranger = await comeBack(service, { cookie: eve, query: `?${claim}` });
  assert.equal(stranger.title, "We are checking your details");
});
