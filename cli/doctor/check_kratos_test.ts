// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSecret } from "../../lib/crypto/secret.ts";
import { answer, createProbeScript } from "../../tests/support/probe_script.ts";
import { checkKratos } from "./check_kratos.ts";

const KRATOS = {
  adminUrl: new URL("http://kratos:4434/"),
  apiKey: createSecret("ory_pat_0123456789"),
};

const GOOD = {
  "/version": answer(200, { version: "v1.3.1" }),
  GET: answer(200, []),
  PATCH: answer(404, { error: { code: 404 } }),
};

function withVersion(version: unknown): Readonly<Record<string, ReturnType<typeof answer>>> {
  return { ...GOOD, "/version": answer(200, { version }) };
}

for (
  const [name, answers, ids] of [
    ["a key with all permissions", GOOD, []],
    ["no connection", {}, ["kratos_unreachable"]],
    ["another service", { GET: answer(200, {}) }, ["kratos_unreachable"]],
    ["a key that is not known", { GET: answer(401) }, ["kratos_key_refused"]],
    ["a key without permissions", { GET: answer(403) }, ["kratos_key_refused"]],
    ["a key that may only read", { ...GOOD, PATCH: answer(403) }, ["kratos_patch_refused"]],
    ["Kratos 1.3.0", withVersion("v1.3.0"), []],
    ["Kratos 25.4.0", withVersion("v25.4.0"), []],
    ["Kratos 1.2.99", withVersion("v1.2.99"), ["kratos_too_old"]],
    ["Kratos 0.13.0", withVersion("0.13.0"), ["kratos_too_old"]],
  ] as const
) {
  Deno.test(`checkKratos() finds [${ids}] for ${name}`, async () => {
    const script = createProbeScript({ ...answers });

    await checkKratos(KRATOS, script);

    assert.deepEqual(script.ids(), ids);
  });
}

Deno.test("checkKratos() patches only the identity with the id of zeros", async () => {
  const script = createProbeScript(GOOD);

  await checkKratos(KRATOS, script);

  assert.deepEqual(script.requests, [
    "GET http://kratos:4434/admin/identities?page_size=1",
    "PATCH http://kratos:4434/admin/identities/00000000-0000-0000-0000-000000000000",
    "GET http://kratos:4434/admin/version",
  ]);
});

Deno.test("checkKratos() asks an old Kratos for its version at another path", async () => {
  const { GET, PATCH } = GOOD;
  const script = createProbeScript({
    "4434/admin/version": answer(404),
    "4434/version": answer(200, { version: "v0.11.1" }),
    GET,
    PATCH,
  });

  await checkKratos(KRATOS, script);

  assert.deepEqual(script.report.findings, [{
    id: "kratos_too_old",
    where: "KRATOS_ADMIN_URL",
    seen: "It reports the version v0.11.1",
  }]);
});

for (
  const [name, version, seen] of [
    ["built from source", "master", 'the version "master"'],
    ["without a version", undefined, "no version"],
    ["with another text", "<b>\u001b[1m", "no version"],
  ] as const
) {
  Deno.test(`checkKratos() says that it cannot check the version of a Kratos ${name}`, async () => {
    const script = createProbeScript(withVersion(version));

    await checkKratos(KRATOS, script);

    assert.deepEqual(script.ids(), []);
    assert.deepEqual(script.report.unchecked, [
      `Whether Kratos is 1.3.0 or later: it reports ${seen}`,
    ]);
  });
}

Deno.test("checkKratos() does not ask Ory Network for its version", async () => {
  const script = createProbeScript(withVersion("v1.0.0"));
  const adminUrl = new URL("https://slug.projects.oryapis.com/");

  await checkKratos({ ...KRATOS, adminUrl }, script);

  assert.deepEqual(script.ids(), []);
  assert.deepEqual(script.requests.filter((request) => request.includes("version")), []);
});

Deno.test("checkKratos() does not take another's 404 to a PATCH for Kratos's", async () => {
  const script = createProbeScript({ ...GOOD, PATCH: answer(404, { error: "no such page" }) });

  await checkKratos(KRATOS, script);

  assert.deepEqual(script.ids(), ["kratos_patch_refused"]);
  assert.equal(script.report.findings[0]?.seen, "It answered 404, but not Kratos's");
});
