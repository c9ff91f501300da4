import assert from "node:assert/strict";
import { UnsecuredJWT } from "jose";
import { createLink, createVisit } from "../../lib/verification/link.ts";
import { assertUntouched } from "../../tests/support/assert_untouched.ts";
import type { OryActions } from "../../cli/kratos_config/ory_actions.ts";
import { createActions, createTestContext, type TestContext } from "../../tests/support/context.ts";
import { createFlakyStore } from "../../tests/support/flaky_store.ts";

const SERVICE = "https://kyc.example.com";
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A service in which no start waits for another of a moment ago. */
function createService(
  { env = {}, ...options }: Parameters<typeof createTestContext>[0] = {},
): Promise<TestContext> {
  return createTestContext({ env: { "JUMIO_STARTS_PER_SECOND": "1000", ...env }, ...options });
}

/** The page's title, as a person reads it. */
async function titleOf(response: Response): Promise<string> {
  return /<h1>([^<]*)<\/h1>/.exec(await response.text())?.[1] ?? "";
}

async function show(service: TestContext, identityId: string): Promise<string> {
  return await titleOf(await service.send(service.link(identityId)));
}

/** Where a press leads: an address, or the title of a page. */
async function follow(service: TestContext, identityId: string): Promise<string> {
  const response = await service.follow(identityId);
  return response.headers.get("location") ?? await titleOf(response);
}

async function finish(
  service: TestContext,
  outcome: Parameters<TestContext["jumio"]["finish"]>[1],
): Promise<void> {
  await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", outcome);
  await service.advance(1_000);
}

Deno.test("jumioVerify() shows a button and a caution, changes nothing and asks nobody", async () => {
  await using service = await createService({ env: { "BRAND_NAME": "Bank <Ltd>" } });
  const identityId = await service.register();
  const calls = service.jumio.calls.length;
  const rows = await service.store.list({ prefix: [] }, { limit: 100 });

  const response = await service.send(service.link(identityId));

  assert.equal(response.status, 200);
  const html = await response.text();
  assert.match(html, /<h1>Verify your identity<\/h1>/);
  assert.match(html, /<form method="post" action="https:\/\/kyc\.example\.com\/jumio\/verify">/);
  assert.match(html, /only if you opened your account with Bank &lt;Ltd&gt; yourself/);
  assert(!html.includes("jumio.ai"));
  assert.equal(service.jumio.calls.length, calls);
  assert.deepEqual(await service.store.list({ prefix: [] }, { limit: 100 }), rows);
});

Deno.test("jumioVerify() answers with a policy that lets nothing in and the form go to Jumio", async () => {
  await using service = await createService();
  const identityId = await service.register();

  const { headers, body } = await service.send(service.link(identityId));

  await body?.cancel();
  const policy = headers.get("content-security-policy") ?? "";
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; form-action /);
  assert(policy.includes("form-action 'self' https://*.web.emea-1.jumio.ai;"));
  assert(policy.includes("base-uri 'none'; frame-ancestors 'none'"));
  assert(!policy.includes("unsafe"));
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("referrer-policy"), "same-origin");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("content-language"), "en");
});

for (
  const [outcome, title] of [
    ["passed", "You are verified"],
    ["warning", "We are taking a closer look"],
    ["rejected", "We could not verify your identity"],
    ["abandoned", "The time ran out"],
    ["inconclusive", "The check could not be completed"],
  ] as const
) {
  Deno.test(`jumioVerify() tells a person whose verification ended as ${outcome}`, async () => {
    await using service = await createService();
    const identityId = await service.register();

    await finish(service, outcome);

    assert.equal(await show(service, identityId), title);
  });
}

Deno.test("jumioVerify() says that it is being prepared while Jumio is down, and renews itself", async () => {
  await using service = await createService();
  service.jumio.faults.isDown = true;
  const identityId = await service.register();

  const html = await (await service.send(service.link(identityId))).text();

  assert.match(html, /<h1>We are preparing your verification/);
  assert.match(html, /<noscript><meta http-equiv="refresh" content="\d+;url=https:\/\/kyc\./);
  assert(!html.includes("<form"));
});

Deno.test("jumioVerify() tells apart who has begun and whose details are being checked", async () => {
  await using service = await createService({ jumio: { detailsDelayMs: MINUTE } });
  const identityId = await service.register();

  await follow(service, identityId);
  const begun = await show(service, identityId);
  await finish(service, "passed");
  const checking = await show(service, identityId);
  await service.advance(2 * MINUTE);

  assert.equal(begun, "Your verification is under way");
  assert.equal(checking, "We are checking your details");
  assert.equal(await show(service, identityId), "You are verified");
});

Deno.test("jumioVerify() speaks the person's language, and so does Jumio when they start again", async () => {
  await using service = await createService();
  const identityId = await service.register();
  await finish(service, "abandoned");
  const german = { "accept-language": "fr, de-AT;q=0.9, en;q=0.8" };

  const response = await service.send(service.link(identityId), { headers: german });
  const press = await service.follow(identityId, { ...german, "sec-fetch-site": "same-origin" });

  assert.equal(response.headers.get("content-language"), "de");
  const html = await response.text();
  assert.match(html, /<html lang="de">/);
  assert.match(html, /<h1>Die Zeit ist abgelaufen/);
  assert.match(press.headers.get("location") ?? "", /locale=de$/);
});

const NO_LINKS: Readonly<Record<string, (service: TestContext) => string | Promise<string>>> = {
  "no token": () => "",
  "an empty token": () => "?token=",
  "a token that is not signed": () => {
    const token = new UnsecuredJWT({ sub: crypto.randomUUID() }).setIssuer(SERVICE)
      .setAudience("jumio-verify").setExpirationTime("1y").encode();
    return `?token=${token}`;
  },
  "the token of a visit": async ({ context: { config, now } }) => {
    const { link } = config;
    assert(link);
    const options = { keys: link.keys, publicUrl: SERVICE, now: now() };
    return `?token=${await createVisit(crypto.randomUUID(), options)}`;
  },
};

for (const [name, forge] of Object.entries(NO_LINKS)) {
  for (const method of ["GET", "POST"]) {
    Deno.test(`jumioVerify() answers 403 to a ${method} with ${name}, and looks nothing up`, async () => {
      await using service = await createService({ store: createFlakyStore({ isDown: true }) });
      const query = await forge(service);

      const response = method === "GET"
        ? await service.send(`/jumio/verify${query}`)
        : await service.send("/jumio/verify", {
          method,
          headers: { "origin": SERVICE },
          body: new URLSearchParams(query.slice(1)),
        });

      assert.equal(response.status, 403);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
      assert.equal(await titleOf(response), "This link does not work");
      assert.equal(service.jumio.calls.length, 0);
      assert.equal(service.kratos.calls.length, 0);
    });
  }
}

Deno.test("jumioVerify() answers 410 to a link whose time is over, and looks nothing up", async () => {
  await using service = await createService();
  const { link: settings } = service.context.config;
  assert(settings);
  const issuedAt = service.clock.now - 91 * DAY;
  const url = await createLink(crypto.randomUUID(), { ...settings, publicUrl: SERVICE, issuedAt });

  const response = await service.send(url.slice(SERVICE.length));

  assert.equal(response.status, 410);
  assert.equal(await titleOf(response), "This link is too old");
  await assertUntouched(service);
});

Deno.test("jumioVerify() answers with a page, not with JSON, while KV is down", async () => {
  const store = createFlakyStore();
  await using service = await createService({ store });
  const path = service.link(await service.register());
  store.isDown = true;

  const response = await service.send(path);
  const press = await service.send("/jumio/verify", {
    method: "POST",
    headers: { "origin": SERVICE },
    body: new URLSearchParams(path.split("?")[1]),
  });

  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), null);
  assert.equal(await titleOf(response), "We cannot tell just now");
  assert.equal(press.status, 503);
  assert.equal(await titleOf(press), "We cannot tell just now");
  store.isDown = false;
});

Deno.test("a press leads to the live link of Jumio's, with a cookie for the way back", async () => {
  await using service = await createService();
  const identityId = await service.register();
  const calls = service.jumio.calls.length;

  const response = await service.follow(identityId);

  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), service.jumio.executions[0]?.href);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const cookie = response.headers.get("set-cookie") ?? "";
  assert.match(cookie, /^jumio_visit=ey[^;]+; Path=\/jumio\/verify\/return; Max-Age=600; /);
  assert.match(cookie, /Secure; HttpOnly; SameSite=Lax$/);
  assert.equal(service.jumio.calls.length, calls);
  assert(!service.lines.join().includes("authorizationToken"), "the log has Jumio's link");
});

for (
  const headers of [
    {},
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", "origin": "https://evil.example.com" },
    { "sec-fetch-site": "none" },
    { "origin": "null" },
    { "origin": "https://kyc.example.com.evil.example.com" },
  ]
) {
  Deno.test(`a press is refused that comes with ${JSON.stringify(headers)}`, async () => {
    await using service = await createService();
    const identityId = await service.register();
    await finish(service, "abandoned");

    const response = await service.follow(identityId, headers);
    await service.drain();

    assert.equal(response.status, 403);
    assert.equal(await titleOf(response), "Please open your link again");
    assert.equal(response.headers.get("set-cookie"), null);
    assert.equal(service.jumio.executions.length, 1);
  });
}

Deno.test("a press is taken from an old browser by its Origin alone", async () => {
  await using service = await createService();
  const identityId = await service.register();

  const response = await service.follow(identityId, { "origin": SERVICE });

  assert.equal(response.status, 303);
});

Deno.test("a press is for the person of the form, whatever cookie comes with it", async () => {
  await using service = await createService();
  const ada = await service.register("ada@example.com");
  await service.advance(1_000);
  const eve = await service.register("eve@example.com");
  const visit = (await service.follow(ada)).headers.get("set-cookie")?.split(";")[0] ?? "";
  const headers = { "sec-fetch-site": "same-origin", cookie: visit };

  const response = await service.follow(eve, headers);
  const alone = await service.send("/jumio/verify", {
    method: "POST",
    headers,
    body: new URLSearchParams(),
  });

  const own = service.jumio.executions.find(({ userReference }) => userReference === eve);
  assert.equal(response.headers.get("location"), own?.href);
  assert.equal(alone.status, 403);
  await alone.body?.cancel();
});

for (const [name, body] of [["no form", "{}"], ["a long form", "token=" + "x".repeat(5000)]]) {
  Deno.test(`a press with ${name} is refused`, async () => {
    await using service = await createService();
    const type = name === "no form" ? "application/json" : "application/x-www-form-urlencoded";
    const headers = { "origin": SERVICE, "content-type": type };

    const response = await service.send("/jumio/verify", {
      method: "POST",
      headers,
      body: body ?? "",
    });

    assert.equal(response.status, name === "no form" ? 415 : 413);
    await response.body?.cancel();
    await assertUntouched(service);
  });
}

for (const outcome of ["abandoned", "link_expired", "inconclusive"] as const) {
  Deno.test(`a press after ${outcome} starts a new execution on the same account`, async () => {
    await using service = await createService();
    const identityId = await service.register();
    await finish(service, outcome);

    const to = await follow(service, identityId);

    const [first, second] = service.jumio.executions;
    assert.equal(to, second?.href);
    assert.equal(second?.accountId, first?.accountId);
    assert.equal(second?.successUrl, `${SERVICE}/jumio/verify/return`);
    assert.equal(second?.errorUrl, `${SERVICE}/jumio/verify/return`);
    await service.drain();
    assert.equal(service.metadata(identityId)["status"], "pending");
    assert.equal(service.metadata(identityId)["workflow_execution_id"], second?.id);
  });
}

for (const minutes of [28.5, 45]) {
  Deno.test(`a press after ${minutes} minutes does not lead to a link that is over or nearly`, async () => {
    await using service = await createService();
    const identityId = await service.register();
    service.clock.now += minutes * MINUTE;

    const to = await follow(service, identityId);

    assert.equal(service.jumio.executions.length, 2);
    assert.equal(to, service.jumio.executions[1]?.href);
  });
}

Deno.test("a press after the link's end keeps an execution that the person has gone through", async () => {
  await using service = await createService();
  service.jumio.faults.callbacks = "drop";
  const identityId = await service.register();
  await follow(service, identityId);
  await service.advance(29 * MINUTE);
  const [execution] = service.jumio.executions;
  assert(execution);
  execution.status = "ACQUIRED";
  await service.advance(5 * MINUTE);

  const whileChecking = await follow(service, identityId);
  await finish(service, "passed");
  const afterwards = await follow(service, identityId);
  await service.drain();

  assert.equal(whileChecking, "We are checking your details");
  assert(!afterwards.startsWith("https"));
  assert.equal(service.jumio.executions.length, 1);
  assert.equal(await show(service, identityId), "You are verified");
});

for (const outcome of ["passed", "warning", "rejected"] as const) {
  Deno.test(`a press after ${outcome} starts nothing`, async () => {
    await using service = await createService();
    const identityId = await service.register();
    await finish(service, outcome);
    const calls = service.jumio.calls.length;

    const response = await service.follow(identityId);
    await service.advance(MINUTE);

    assert.equal(response.status, 200);
    assert.equal(await titleOf(response), await show(service, identityId));
    assert.equal(service.jumio.calls.length, calls);
  });
}

Deno.test("a verdict that comes while the wish for a new execution waits stays", async () => {
  await using service = await createService();
  const identityId = await service.register();
  service.clock.now += 45 * MINUTE;
  service.jumio.faults.isDown = true;
  const waiting = await follow(service, identityId);
  service.jumio.faults.isDown = false;

  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  await service.drain();
  await service.advance(60 * MINUTE);

  assert.equal(waiting, "Please try again in a minute");
  assert.equal(service.metadata(identityId)["status"], "verified");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("a press while Jumio is down asks to try again, and nothing is lost", async () => {
  await using service = await createService();
  const identityId = await service.register();
  await finish(service, "abandoned");
  service.jumio.faults.isDown = true;

  const response = await service.follow(identityId);
  service.jumio.faults.isDown = false;
  await service.advance(MINUTE);

  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), null);
  assert.equal(await titleOf(response), "Please try again in a minute");
  assert.equal(service.jumio.executions.length, 2);
  assert.equal(await follow(service, identityId), service.jumio.executions[1]?.href);
});

Deno.test("ten presses at once start one execution, and all lead to it", async () => {
  await using service = await createService();
  const identityId = await service.register();
  await finish(service, "abandoned");

  const presses = await Promise.all(
    Array.from({ length: 10 }, () => follow(service, identityId)),
  );

  assert.equal(service.jumio.executions.length, 2);
  assert.deepEqual(new Set(presses), new Set([service.jumio.executions[1]?.href]));
});

Deno.test("a person has five new executions in a day, and the next one on the day after", async () => {
  await using service = await createService();
  const identityId = await service.register();
  for (let attempt = 1; attempt <= 5; attempt++) {
    await finish(service, "abandoned");
    assert.match(await follow(service, identityId), /^https:/);
    await service.advance(MINUTE);
  }
  await finish(service, "abandoned");

  const response = await service.follow(identityId);
  const after = service.jumio.executions.length;
  await service.advance(DAY);
  const nextDay = await follow(service, identityId);

  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), null);
  assert.equal(await titleOf(response), "No more tries today");
  assert.equal(after, 6);
  assert.match(nextDay, /^https:/);
});

Deno.test("a press goes before the queue of starts", async () => {
  await using service = await createService({ env: { "JUMIO_STARTS_PER_SECOND": "0.1" } });
  const identityId = await service.register();
  await finish(service, "abandoned");
  const others = Array.from({ length: 3 }, () => crypto.randomUUID());
  await Promise.all(others.map(async (id) => {
    const response = await service.hook("/jumio/initiate", { "identity_id": id });
    await response.body?.cancel();
  }));

  const waiting = await follow(service, identityId);
  await service.advance(10_000);

  assert.equal(waiting, "We are preparing your verification");
  assert.equal(service.jumio.executions.at(-1)?.userReference, identityId);
});

Deno.test("a press of somebody whom nobody has told us of starts their verification", async () => {
  await using service = await createService({ actions: withoutRegistrationHook() });
  const identityId = await service.register();

  const response = await pressUnknown(service, identityId);
  await service.drain();

  assert.equal(response.headers.get("location"), service.jumio.executions[0]?.href);
  assert.equal(service.metadata(identityId)["status"], "pending");
});

Deno.test("a press after a loss of KV starts nothing for who was decided about", async () => {
  await using service = await createService();
  const identityId = await service.register();
  await finish(service, "rejected");
  await forget(service);

  const response = await pressUnknown(service, identityId);

  assert.equal(await titleOf(response), "We could not verify your identity");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("a press after a loss of KV keeps what the person has gone through", async () => {
  await using service = await createService();
  service.jumio.faults.callbacks = "drop";
  const identityId = await service.register();
  await forget(service);
  await finish(service, "passed");

  const response = await pressUnknown(service, identityId);
  await service.drain();

  assert.equal(await titleOf(response), "We are checking your details");
  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("a press of somebody whom Ory does not know starts nothing", async () => {
  await using service = await createService();

  const response = await pressUnknown(service, crypto.randomUUID());

  assert.equal(response.status, 410);
  assert.equal(await titleOf(response), "This account does not exist any more");
  assert.equal(service.jumio.calls.length, 0);
});

Deno.test("a press leads nowhere where Jumio has no domain for a browser, and says so", async () => {
  await using service = await createService({ jumio: { hasWebDomain: false } });
  const identityId = await service.register();
  await service.advance(1_000);

  const title = await follow(service, identityId);

  assert.equal(title, "The verification cannot be opened");
  assert.match(service.lines.join(), /domain name prefix/);
});

Deno.test("the link of a person who is not settled is written anew before it ends", async () => {
  await using service = await createService({ env: { "LINK_LIFETIME_DAYS": "10" } });
  const identityId = await service.register();
  await finish(service, "abandoned");
  await service.advance(2 * MINUTE);
  const first = service.link(identityId);

  await service.advance(4 * DAY);
  const early = service.link(identityId);
  await service.advance(2 * DAY);
  await service.advance(2 * MINUTE);
  const renewed = service.link(identityId);

  assert.equal(early, first);
  assert.notEqual(renewed, first);
  await service.advance(9 * DAY);
  assert.equal(await show(service, identityId), "The time ran out");
});

/** A press with a good link of a person whose identity names none. */
async function pressUnknown(service: TestContext, identityId: string): Promise<Response> {
  const { link: settings } = service.context.config;
  assert(settings);
  const options = { ...settings, publicUrl: SERVICE, issuedAt: service.clock.now };
  const url = new URL(await createLink(identityId, options));
  return await service.send("/jumio/verify", {
    method: "POST",
    redirect: "manual",
    headers: { "origin": SERVICE },
    body: url.searchParams,
  });
}

async function forget({ store }: TestContext): Promise<void> {
  const rows = await store.list({ prefix: [] }, { limit: 100 });
  await store.commit({ deletes: rows.map(({ key }) => key) });
}

/** As if a registration had come before the hooks were set up, or while this service was down. */
function withoutRegistrationHook(): OryActions {
  const actions = createActions();
  return {
    selfservice: { flows: { ...actions.selfservice.flows, registration: { after: {} } } },
  };
}
