// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createLink } from "../../lib/verification/link.ts";
import type { TestContext } from "../../tests/support/context.ts";
import { createPersonService, finishExecution, SERVICE } from "../../tests/support/person_page.ts";
import { LANGUAGES, LOCALES } from "../../locales/mod.ts";
import { PERSON_PAGES, type PersonPageName, renderPersonPage } from "./person_page.ts";

const BACK = /<a class="button[^"]*" href="([^"]*)"[^>]*>(?:Back to|Zurück zu) ([^<]*)<\/a>/g;

/** Pages with a button that starts or continues something. */
const WITH_BUTTON: readonly PersonPageName[] = ["ready", "in_progress", "expired", "inconclusive"];

function createService(env: Record<string, string> = {}): Promise<TestContext> {
  return createPersonService({
    env: { "APP_URL": "mybank://home?a=1&b=2", "BRAND_NAME": "Bank <Ltd> $& $$", ...env },
  });
}

function readBack(html: string): string[] {
  return [...html.matchAll(BACK)].map(([, href, brand]) => `${href} ${brand}`);
}

const EXPECTED = ["mybank://home?a=1&amp;b=2 Bank &lt;Ltd&gt; $&amp; $$"];

for (const language of ["en", "de"]) {
  Deno.test(`every page in ${language} leads back to APP_URL, but not beside a button that starts something`, async () => {
    await using service = await createService();
    const { config } = service.context;
    const request = new Request(SERVICE, { headers: { "accept-language": language } });

    for (const name of PERSON_PAGES) {
      const withToken = await renderPersonPage(name, { request, config, token: "token" });
      const withoutToken = await renderPersonPage(name, { request, config });

      const expected = WITH_BUTTON.includes(name) ? [] : EXPECTED;
      assert.deepEqual(readBack(await withToken.text()), expected, `${name} with a token`);
      assert.deepEqual(readBack(await withoutToken.text()), EXPECTED, `${name} without a token`);
    }
  });
}

for (const language of LANGUAGES) {
  Deno.test(`every button in ${language} stands below what will happen and who checks, and above the warning`, async () => {
    await using service = await createService();
    const { config } = service.context;
    const request = new Request(SERVICE, { headers: { "accept-language": language } });
    const { steps, caution } = await LOCALES[language].load();
    const [warning = ""] = caution.split("{brand}");

    for (const name of WITH_BUTTON) {
      const page = await renderPersonPage(name, { request, config, token: "token" });
      const html = (await page.text()).replaceAll("&#39;", "'");

      const places = [...Object.values(steps), '<button class="button"', warning.trim()]
        .map((text) => html.indexOf(text));
      // Who has been at Jumio has read the steps.
      const expected = name === "in_progress" ? places.slice(-2) : places;
      assert(
        expected.every((place, index) => place > (expected[index - 1] ?? 0)),
        `${name} ${places}`,
      );
    }
  });
}

Deno.test("every page has the privacy notice of PRIVACY_URL, and none without it", async () => {
  await using service = await createService({ "PRIVACY_URL": "https://example.com/privacy?a&b" });
  await using plain = await createService();
  const request = new Request(SERVICE);
  const link = '<a href="https://example.com/privacy?a&amp;b" rel="noreferrer">Privacy notice</a>';

  for (const name of PERSON_PAGES) {
    const page = await renderPersonPage(name, { request, config: service.context.config });
    const without = await renderPersonPage(name, { request, config: plain.context.config });

    assert((await page.text()).includes(link), name);
    assert(!(await without.text()).includes("Privacy notice"), name);
  }
});

Deno.test("expired links, invalid links and the return page lead back to APP_URL", async () => {
  await using service = await createService();
  const identityId = await service.register();
  const { link, publicUrl = "" } = service.context.config.address;
  assert(link);
  const options = { ...link, publicUrl, issuedAt: Date.UTC(2020, 0) };
  const expired = new URL(await createLink(identityId, options));

  for (
    const path of [
      "/jumio/verify",
      "/jumio/verify?token=x",
      expired.pathname + expired.search,
      "/jumio/verify/return",
      "/jumio/verify/return?errorCode=9822",
    ]
  ) {
    const html = await (await service.send(path)).text();

    assert.deepEqual(readBack(html), EXPECTED, path);
  }
});

Deno.test("the person's page gets the way back when the verification ends", async () => {
  await using service = await createService();
  const identityId = await service.register();

  const before = await (await service.send(service.link(identityId))).text();
  await finishExecution(service, "passed");
  const after = await (await service.send(service.link(identityId))).text();

  assert.deepEqual(readBack(before), []);
  assert.deepEqual(readBack(after), EXPECTED);
  assert.match(after, /<h1>You are verified<\/h1>/);
});

Deno.test("nothing in a request names the app", async () => {
  await using service = await createService({ "APP_URL": "https://app.example.com/" });
  const query = ["return_to", "return_url", "redirect", "app_url", "APP_URL", "next"]
    .map((name) => `${name}=https://evil.example.com`).join("&");
  const headers = {
    "referer": "https://evil.example.com/",
    "x-forwarded-host": "evil.example.com",
  };

  for (const path of [`/jumio/verify?${query}`, `/jumio/verify/return?${query}`]) {
    const html = await (await service.send(path, { headers })).text();

    assert.deepEqual(readBack(html), ["https://app.example.com/ Bank &lt;Ltd&gt; $&amp; $$"]);
    assert(!html.includes("evil"));
  }
});

Deno.test("without APP_URL no page has a way back, and the policy is the same", async () => {
  await using service = await createService();
  await using plain = await createService({ "APP_URL": "" });
  const request = new Request(SERVICE);

  for (const name of PERSON_PAGES) {
    const page = await renderPersonPage(name, { request, config: plain.context.config });
    const withBack = await renderPersonPage(name, { request, config: service.context.config });

    assert.deepEqual(readBack(await page.text()), []);
    await withBack.body?.cancel();
    const [policy, same] = [page, withBack].map(({ headers }) =>
      headers.get("content-security-policy")
    );
    assert.equal(policy, same);
    assert.match(policy ?? "", /^default-src 'none'/);
  }
});

Deno.test("without BRAND_NAME the way back has neutral words", async () => {
  await using service = await createService({ "BRAND_NAME": "" });

  const html = await (await service.send("/jumio/verify/return")).text();

  assert.deepEqual(readBack(html), ["mybank://home?a=1&amp;b=2 this service"]);
});
