// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { UnsecuredJWT } from "jose";
import { createLink, createVisit } from "../../lib/verification/link.ts";
import { assertUntouched } from "../../tests/support/assert_untouched.ts";
import type { TestContext } from "../../tests/support/context.ts";
import { createFlakyStore } from "../../tests/support/flaky_store.ts";
import {
  createPersonService,
  finishExecution,
  followButton,
  readTitle,
  SERVICE,
  showPage,
} from "../../tests/support/person_page.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

Deno.test("GET /jumio/verify shows a button and a caution, writes nothing and calls no upstream", async () => {
  await using service = await createPersonService({ env: { "BRAND_NAME": "Bank <Ltd>" } });
  const identityId = await service.register();
  const calls = service.jumio.calls.length;
  const rows = await service.store.list({ prefix: [] }, { limit: 100 });

  const response = await service.send(service.link(identityId));

  assert.equal(response.status, 200);
  const html = await response.text();
  assert.match(html, /<h1>Verify your identity<\/h1>/);
  assert.match(html, /<form method="post" action="https:\/\/kyc\.example\.com\/jumio\/verify">/);
  assert.match(html, /only if this is your own account with Bank &lt;Ltd&gt;/);
  assert.doesNotMatch(html, /[./]jumio\.ai/);
  assert.equal(service.jumio.calls.length, calls);
  assert.deepEqual(await service.store.list({ prefix: [] }, { limit: 100 }), rows);
});

Deno.test("GET /jumio/verify has a policy that loads nothing and lets the form redirect to Jumio", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();

  const { headers, body } = await service.send(service.link(identityId));

  await body?.cancel();
  const policy = headers.get("content-security-policy") ?? "";
  assert.match(
    policy,
    /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; form-action /,
  );
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
    ["abandoned", "Please start your verification again"],
    ["inconclusive", "The check could not be completed"],
  ] as const
) {
  Deno.test(`GET /jumio/verify shows the result of a verification that ended as ${outcome}`, async () => {
    await using service = await createPersonService();
    const identityId = await service.register();

    await finishExecution(service, outcome);

    assert.equal(await showPage(service, identityId), title);
  });
}

Deno.test("GET /jumio/verify shows that the verification is prepared while Jumio is down, and refreshes", async () => {
  await using service = await createPersonService();
  service.jumio.faults.isDown = true;
  const identityId = await service.register();

  const html = await (await service.send(service.link(identityId))).text();

  assert.match(html, /<h1>We are preparing your verification/);
  assert.match(html, /<noscript><meta http-equiv="refresh" content="\d+;url=https:\/\/kyc\./);
  assert(!html.includes("<form"));
});

Deno.test("GET /jumio/verify distinguishes a verification that has begun from one that is checked", async () => {
  await using service = await createPersonService({ jumio: { detailsDelayMs: MINUTE } });
  const identityId = await service.register();

  await followButton(service, identityId);
  const begun = await showPage(service, identityId);
  await finishExecution(service, "passed");
  const checking = await showPage(service, identityId);
  await service.advance(2 * MINUTE);

  assert.equal(begun, "Your verification is under way");
  assert.equal(checking, "We are checking your details");
  assert.equal(await showPage(service, identityId), "You are verified");
});

Deno.test("GET /jumio/verify has the person's language, and so has a new execution, of more languages", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();
  await finishExecution(service, "abandoned");
  const german = { "accept-language": "it, de-AT;q=0.9, en;q=0.8" };

  const response = await service.send(service.link(identityId), { headers: german });
  const button = await service.follow(identityId, { ...german, "sec-fetch-site": "same-origin" });

  assert.equal(response.headers.get("content-language"), "de");
  const html = await response.text();
  assert.match(html, /<html lang="de" dir="ltr">/);
  assert.match(html, /<h1>Bitte beginnen Sie/);
  assert.match(button.headers.get("location") ?? "", /locale=it$/);
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
    const { link } = config.address;
    assert(link);
    const options = { keys: link.keys, now: now() };
    return `?token=${await createVisit(crypto.randomUUID(), options)}`;
  },
};

for (const [name, forge] of Object.entries(NO_LINKS)) {
  for (const method of ["GET", "POST"]) {
    Deno.test(`${method} /jumio/verify answers 403 to ${name}, and reads nothing from KV`, async () => {
      await using service = await createPersonService({
        store: createFlakyStore({ isDown: true }),
      });
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
      assert.equal(await readTitle(response), "This link does not work");
      assert.equal(service.jumio.calls.length, 0);
      assert.equal(service.kratos.calls.length, 0);
    });
  }
}

Deno.test("GET /jumio/verify answers 410 to an expired link, and reads nothing from KV", async () => {
  await using service = await createPersonService();
  const { link: settings } = service.context.config.address;
  assert(settings);
  const issuedAt = service.clock.now - 91 * DAY;
  const url = await createLink(crypto.randomUUID(), { ...settings, publicUrl: SERVICE, issuedAt });

  const response = await service.send(url.slice(SERVICE.length));

  assert.equal(response.status, 410);
  assert.equal(await readTitle(response), "This link has expired");
  await assertUntouched(service);
});

Deno.test("/jumio/verify answers with a page, not with JSON, while KV is down", async () => {
  const store = createFlakyStore();
  await using service = await createPersonService({ store });
  const path = service.link(await service.register());
  store.isDown = true;

  const response = await service.send(path);
  const button = await service.send("/jumio/verify", {
    method: "POST",
    headers: { "origin": SERVICE },
    body: new URLSearchParams(path.split("?")[1]),
  });

  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), null);
  // The operator reads what failed in the log.
  assert.doesNotMatch(await response.clone().text(), /\bKV\b|kv_/);
  assert.equal(await readTitle(response), "We cannot show your verification right now");
  assert.equal(button.status, 503);
  assert.equal(await readTitle(button), "We cannot show your verification right now");
  store.isDown = false;
});
