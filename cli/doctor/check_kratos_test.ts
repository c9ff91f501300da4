import assert from "node:assert/strict";
import { createSecret } from "../../lib/crypto/secret.ts";
import { answer, createProbeScript } from "../../tests/support/probe_script.ts";
import { checkKratos } from "./check_kratos.ts";

const KRATOS = {
  adminUrl: new URL("http://kratos:4434/"),
  apiKey: createSecret("ory_pat_0123456789"),
};

for (
  const [name, answers, ids] of [
    ["a key with all permissions", { GET: answer(200, []), PATCH: answer(404) }, []],
    ["no connection", {}, ["kratos_unreachable"]],
    ["another service", { GET: answer(200, {}) }, ["kratos_unreachable"]],
    ["a key that is not known", { GET: answer(401) }, ["kratos_key_refused"]],
    ["a key without permissions", { GET: answer(403) }, ["kratos_key_refused"]],
    [
      "a key that may only read",
      { GET: answer(200, []), PATCH: answer(403) },
      ["kratos_patch_refused"],
    ],
  ] as const
) {
  Deno.test(`checkKratos() finds [${ids}] for ${name}`, async () => {
    const script = createProbeScript({ ...answers });

    await checkKratos(KRATOS, script);

    assert.deepEqual(script.ids(), ids);
  });
}

Deno.test("checkKratos() patches only the identity with the id of zeros", async () => {
  const script = createProbeScript({ GET: answer(200, []), PATCH: answer(404) });

  await checkKratos(KRATOS, script);

  assert.deepEqual(script.requests, [
    "GET http://kratos:4434/admin/identities?page_size=1",
    "PATCH http://kratos:4434/admin/identities/00000000-0000-0000-0000-000000000000",
  ]);
});
