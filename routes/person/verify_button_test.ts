// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { assertUntouched } from "../../tests/support/assert_untouched.ts";
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

Deno.test("the button redirects to Jumio's link, with a cookie for the return page", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();
  const calls = service.jumio.calls.length;

  const response = await service.follow(identityId);

  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), service.jumio.executions[0]?.href);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const cookie = response.headers.get("set-cookie") ?? "";
  assert.match(cookie, /^__Host-jumio_visit=ey[^;]+; Path=\/; Max-Age=1800; Secure; /);
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
  Deno.test(`the button is refused with the headers ${JSON.stringify(headers)}`, async () => {
    await using service = await createPersonService();
    const identityId = await service.register();
    await finishExecution(service, "abandoned");

    const response = await service.follow(identityId, headers);
    await service.drain();

    assert.equal(response.status, 403);
    assert.equal(await readTitle(response), "Please open your link again");
    assert.equal(response.headers.get("set-cookie"), null);
    assert.equal(service.jumio.executions.length, 1);
  });
}

Deno.test("the button works in an old browser that sends only Origin", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();

  const response = await service.follow(identityId, { "origin": SERVICE });

  assert.equal(response.status, 303);
});

Deno.test("the button is for the person of the form, not of the cookie", async () => {
  await using service = await createPersonService();
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
  Deno.test(`the button is refused with ${name}`, async () => {
    await using service = await createPersonService();
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

Deno.test("the button shows an error if Jumio has no domain for browsers, and logs the cure", async () => {
  await using service = await createPersonService({ jumio: { hasWebDomain: false } });
  const identityId = await service.register();
  await service.advance(1_000);

  const title = await followButton(service, identityId);

  assert.equal(title, "The verification cannot be opened");
  assert.match(service.lines.join(), /domain name prefix/);
});

Deno.test("the link of an unfinished person is renewed before it expires", async () => {
  await using service = await createPersonService({ env: { "LINK_LIFETIME_DAYS": "10" } });
  const identityId = await service.register();
  await finishExecution(service, "abandoned");
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
  assert.equal(await showPage(service, identityId), "Please start your verification again");
});
