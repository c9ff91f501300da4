// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { checkMappers } from "./check_mappers.ts";
import { createReport } from "./findings.ts";

const REPLACES = "{ identity: { traits: {}, metadata_public: { groups: [] } } }";
const KEEPS = `local own = std.extVar('identity').metadata_public;
{ identity: { metadata_public: (if own == null then {} else own) + { groups: [] } } }`;

async function check(
  provider: Record<string, unknown>,
  method = "oidc",
): Promise<{ found: readonly string[]; unchecked: readonly string[] }> {
  const report = createReport();
  const providers = [{ id: "first" }, { "update_identity_on_login": "automatic", ...provider }];
  await checkMappers({ selfservice: { methods: { [method]: { config: { providers } } } } }, {
    readTemplate: (uri) =>
      Promise.resolve(
        uri === "file:///elsewhere"
          ? { ok: false, reason: "unknown", why: "Cannot read it on this machine" }
          : { ok: true, text: uri },
      ),
    report,
  });
  const found = report.findings.map(({ id, where }) => `${id} at ${where}`);
  return { found, unchecked: report.unchecked };
}

for (const method of ["oidc", "saml"]) {
  Deno.test(`checkMappers() finds a mapper of ${method} that replaces metadata_public`, async () => {
    const { found } = await check({ "mapper_url": REPLACES }, method);

    assert.deepEqual(found, [
      `mapper_replaces_metadata at selfservice.methods.${method}.config.providers[1]`,
    ]);
  });
}

for (
  const [name, mapper, isFound] of [
    ["adds to the identity's own metadata", KEEPS, false],
    ["sets only traits", "{ identity: { traits: {} } }", false],
    ["has the field only in comments", "// metadata_public: {}\n/* metadata_public: */ {}", false],
    ["has a quoted field", "{ identity: { 'metadata_public': {} } }", true],
    ["has a computed field", "{ identity: { ['metadata_public']: {} } }", true],
    ["has a field with +:", "{ identity: { metadata_public+: {} } }", true],
    [
      "reads only the traits of the identity",
      "local own = std.extVar('identity').traits; { identity: { metadata_public: {} } }",
      true,
    ],
    [
      "reads the metadata of the claims",
      "{ identity: { metadata_public: std.extVar('claims').metadata_public } }",
      true,
    ],
  ] as const
) {
  Deno.test(`checkMappers() finds ${isFound ? "a mapper" : "nothing in a mapper"} that ${name}`, async () => {
    assert.equal((await check({ "mapper_url": mapper })).found.length, isFound ? 1 : 0);
  });
}

for (const setting of ["never", undefined]) {
  Deno.test(`checkMappers() finds nothing where update_identity_on_login is ${setting}`, async () => {
    const provider = { "mapper_url": REPLACES, "update_identity_on_login": setting };

    assert.deepEqual(await check(provider), { found: [], unchecked: [] });
  });
}

Deno.test("checkMappers() says which mapper it cannot read", async () => {
  assert.deepEqual(await check({ "mapper_url": "file:///elsewhere" }), {
    found: [],
    unchecked: [
      "The mapper at file:///elsewhere: cannot read it on this machine",
    ],
  });
});

Deno.test("checkMappers() finds a mapper that does not parse", async () => {
  const { found } = await check({ "mapper_url": "{ identity: {" });

  assert.deepEqual(found, ["template_broken at selfservice.methods.oidc.config.providers[1]"]);
});
