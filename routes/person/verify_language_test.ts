// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { de } from "../../locales/de.ts";
import { LANGUAGES, LOCALES } from "../../locales/mod.ts";
import { createTestContext, type TestContext } from "../../tests/support/context.ts";
import { createPersonService, finishExecution, SERVICE } from "../../tests/support/person_page.ts";

const GERMAN = { "accept-language": "de-AT, de;q=0.9" };

/** The addresses of the choice in the footer, by language. */
function readChoice(html: string): Record<string, string> {
  const links = html.matchAll(/<a href="([^"]*)" hreflang="(\w+)"/g);
  return Object.fromEntries(
    [...links].map(([, href = "", tag]) => [tag, href.replaceAll("&amp;", "&")]),
  );
}

function readTitle(html: string): string {
  return /<h1>([^<]*)<\/h1>/.exec(html)?.[1] ?? "";
}

/** Sends the form of a page, as a browser does. */
async function sendForm(
  service: TestContext,
  html: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
  const token = /name="token" value="([^"]*)"/.exec(html)?.[1] ?? "";
  assert(action);
  return await service.send(action.slice(SERVICE.length), {
    method: "POST",
    redirect: "manual",
    headers: { "origin": SERVICE, ...headers },
    body: new URLSearchParams({ token }),
  });
}

async function open(service: TestContext, href: string, headers = {}): Promise<string> {
  return await (await service.send(href.replace(SERVICE, ""), { headers })).text();
}

for (const language of LANGUAGES) {
  Deno.test(`the choice in the footer leads to the page in ${language}`, async () => {
    await using service = await createPersonService();
    const { direction, load } = LOCALES[language];

    const before = await open(service, service.link(await service.register()));
    const after = await open(service, readChoice(before)[language] ?? "");

    assert.deepEqual(Object.keys(readChoice(before)), [...LANGUAGES]);
    assert(after.includes(`<html lang="${language}" dir="${direction}">`));
    assert.equal(readTitle(after), (await load()).ready.title);
    assert.match(after, new RegExp(`hreflang="${language}" aria-current="true"`));
    assert.deepEqual(readChoice(after), readChoice(before));
  });
}

Deno.test("the chosen language stays when the person presses the button, and goes to Jumio", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();
  await finishExecution(service, "abandoned");
  const page = await open(service, `${service.link(identityId)}&lang=de`);

  const response = await sendForm(service, page, { "accept-language": "it" });

  assert.equal(response.status, 303);
  assert.equal(service.jumio.executions.at(-1)?.locale, "de");
  assert.match(response.headers.get("set-cookie") ?? "", /^__Host-jumio_visit=[^;~]+~de; /);
});

Deno.test("the chosen language stays on the page that answers the form, and on its link", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();
  await finishExecution(service, "abandoned");
  const page = await open(service, `${service.link(identityId)}&lang=de`);
  service.jumio.faults.isDown = true;

  const html = await (await sendForm(service, page)).text();

  assert.equal(readTitle(html), de.later.title);
  assert.match(html, /class="button" href="[^"]*\?token=[^"]*&amp;lang=de"/);
  assert.match(readChoice(html)["en"] ?? "", /\/jumio\/verify\?token=.*&lang=en$/);
});

Deno.test("the chosen language stays when the page refreshes itself", async () => {
  await using service = await createPersonService();
  service.jumio.faults.isDown = true;

  const html = await open(service, `${service.link(await service.register())}&lang=de`);

  assert.equal(readTitle(html), de.preparing.title);
  assert.match(html, /data-refresh="[^"]*\?token=[^"]*&amp;lang=de"/);
  assert.match(html, /http-equiv="refresh" content="\d+;url=[^"]*&amp;lang=de"/);
});

Deno.test("the chosen language comes back from Jumio with the person, and can be changed there", async () => {
  await using service = await createPersonService();
  const page = await open(service, `${service.link(await service.register())}&lang=de`);
  const sent = await sendForm(service, page);
  const cookie = sent.headers.get("set-cookie")?.split(";")[0] ?? "";
  const address = "/jumio/verify/return?errorCode=9210&accountId=1&acquisitionStatus=ERROR";

  const german = await open(service, address, { cookie });
  const english = await open(service, readChoice(german)["en"] ?? "", { cookie });

  assert.equal(readTitle(german), de.interrupted.title);
  assert(german.includes(de.errors.time));
  assert.equal(readTitle(english), "Your verification was interrupted");
  assert(!/9210|accountId/.test(german));
});

Deno.test("without a choice the browser decides, and no address names a language but the footer's", async () => {
  await using service = await createPersonService();
  const link = service.link(await service.register());

  const html = await open(service, link, GERMAN);
  const sent = await sendForm(service, html, GERMAN);

  assert.equal(readTitle(html), de.ready.title);
  assert(!html.replace(/<nav.*<\/nav>/s, "").includes("?lang="));
  assert(!sent.headers.get("set-cookie")?.includes("~"));
});

Deno.test("a refused link and a refused form answer in the chosen language", async () => {
  await using service = await createPersonService();

  const link = await open(service, "/jumio/verify?token=x&lang=de");
  const form = await service.send("/jumio/verify?lang=de", {
    method: "POST",
    headers: { "origin": "https://evil.example.com" },
    body: new URLSearchParams({ token: "x" }),
  });

  assert.equal(readTitle(link), de["link_invalid"].title);
  assert.equal(readChoice(link)["en"], `${SERVICE}/jumio/verify?token=x&lang=en`);
  const html = await form.text();
  assert.equal(readTitle(html), de["cross_site"].title);
  assert.deepEqual(readChoice(html), {});
});

Deno.test("no text of a request gets into the page by its language", async () => {
  await using service = await createPersonService();
  const hostile = encodeURIComponent('"><script>alert(1)</script>');

  const html = await open(service, `/jumio/verify?token=${hostile}&lang=${hostile}`);

  assert(!html.includes("<script>alert"));
  assert.match(html, /<html lang="en" dir="ltr">/);
});

Deno.test("without PUBLIC_URL each page is there, in each language, and its links lead to it", async () => {
  await using service = await createTestContext({ env: { "PUBLIC_URL": "" } });

  for (const path of ["/jumio/verify?token=x", "/jumio/verify/return"]) {
    for (const lang of LANGUAGES) {
      const separator = path.includes("?") ? "&" : "?";
      const answer = await service.send(`${path}${separator}lang=${lang}`);
      const html = await answer.text();

      assert.equal(answer.status, path.includes("token") ? 403 : 200);
      assert(html.includes(`<html lang="${lang}"`), html);
      assert.equal(readChoice(html)["de"], `${path}${separator}lang=de`);
    }
  }
});
