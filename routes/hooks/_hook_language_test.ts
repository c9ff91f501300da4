// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext, type TestContext } from "../../tests/support/context.ts";
import { importIdentities } from "../../tests/support/imported.ts";
import { MESSAGE_IDS } from "../../lib/kratos/messages.ts";
import { de } from "../../locales/de.ts";
import { en } from "../../locales/en.ts";
import { LANGUAGES, LOCALES } from "../../locales/mod.ts";

const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const STATUSES = ["none", "pending", "expired", "review", "rejected"] as const;
const ALL_BLOCKED = { env: { "LOGIN_BLOCKED_STATUSES": STATUSES.join() } };

/** Bodies without a language that the service has. */
const WITHOUT_LANGUAGE: readonly [name: string, fields: Record<string, unknown>][] = [
  ["without accept_language", {}],
  ["with null", { "accept_language": null }],
  ["with an empty text", { "accept_language": "" }],
  ["with a number", { "accept_language": 7 }],
  ["with a list", { "accept_language": ["de"] }],
  ["with an object", { "accept_language": { de: 1 } }],
  ["with nonsense", { "accept_language": ";;q=,\u0000,*" }],
  ["with a very long text", { "accept_language": "x,".repeat(20_000) }],
  ["with a language that nobody has", { "accept_language": "tlh" }],
];

async function refuse(
  service: TestContext,
  { status, ...fields }: { status: typeof STATUSES[number] } & Record<string, unknown>,
): Promise<{ id: number; text: string }> {
  const response = await service.hook("/jumio/validate", {
    "identity_id": IDENTITY_ID,
    jumio: status === "none" ? null : { status },
    ...fields,
  });
  assert.equal(response.status, 403);
  const { messages: [{ messages: [message] }] } = await response.json();
  return message;
}

for (const language of LANGUAGES) {
  for (const status of STATUSES) {
    Deno.test(`validate refuses ${status} in the person's language, ${language}, with the id of the status`, async () => {
      await using service = await createTestContext(ALL_BLOCKED);
      const header = `tlh, ${language}-AT;q=0.9, *;q=0.1`;

      const message = await refuse(service, { status, "accept_language": header });

      const { signIn: texts } = await LOCALES[language].load();
      assert.equal(message.id, MESSAGE_IDS[status]);
      const [link] = message.text.match(/ https:\S+$/) ?? [""];
      assert.equal(
        message.text,
        link === "" ? texts[status] : `${texts[status]} ${texts.withLink}${link}`,
      );
      assert.equal(link !== "", ["none", "pending", "expired"].includes(status));
    });
  }
}

Deno.test("validate says in the person's language that there is no link", async () => {
  const env = { ...ALL_BLOCKED.env, "PUBLIC_URL": "" };
  await using service = await createTestContext({ env });

  const { text } = await refuse(service, { status: "pending", "accept_language": "de" });

  const { pending, withoutLink } = de.signIn;
  assert.equal(text, `${pending} ${withoutLink}`);
});

Deno.test("every message that a person can get has an id of its own", () => {
  const ids = Object.values(MESSAGE_IDS);

  assert.equal(new Set(ids).size, ids.length);
});

for (const [name, fields] of WITHOUT_LANGUAGE) {
  Deno.test(`validate refuses in English ${name}`, async () => {
    await using service = await createTestContext(ALL_BLOCKED);

    const { text } = await refuse(service, { status: "rejected", ...fields });

    assert.equal(text, en.signIn.rejected);
  });

  Deno.test(`validate allows a sign-in ${name}`, async () => {
    await using service = await createTestContext();

    const response = await service.hook("/jumio/validate", {
      "identity_id": IDENTITY_ID,
      jumio: null,
      ...fields,
    });

    assert.equal(response.status, 200);
    await response.body?.cancel();
  });

  Deno.test(`initiate starts ${name}, in the language that is set at Jumio`, async () => {
    await using service = await createTestContext();

    assert.equal(await startedLocale(service, fields), undefined);
  });
}

for (
  const [header, locale] of [
    ["de-CH, de;q=0.9, en;q=0.8", "de"],
    ["fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7", "fr"],
    ["en-GB,en;q=0.9", "en-GB"],
    ["pt-BR", "pt-BR"],
    ["tlh, zh-CN;q=0.5", "zh-CN"],
  ] as const
) {
  Deno.test(`initiate starts the first execution in ${locale} for ${header}`, async () => {
    await using service = await createTestContext();

    assert.equal(await startedLocale(service, { "accept_language": header }), locale);
  });
}

/** Registers a person by the hook, and gives the language that the create call asked for. */
async function startedLocale(
  service: TestContext,
  fields: Record<string, unknown>,
): Promise<unknown> {
  const [identityId = ""] = await importIdentities(service, 1);
  const response = await service.hook("/jumio/initiate", { "identity_id": identityId, ...fields });
  assert.equal(response.status, 200);
  await response.body?.cancel();
  assert.equal(service.jumio.executions.length, 1);
  return service.jumio.executions[0]?.locale;
}
