// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { inlineTemplate, readTemplate } from "../kratos_config/templates.ts";
import { MissingFileError } from "../frame/command.ts";
import { checkTokenizer } from "./check_tokenizer.ts";
import { createReport } from "./findings.ts";

const CLAIMS = "{ claims: { jumio: 1 } }";
const PRIVATE = { kty: "EC", alg: "ES256", d: "secret-part" };
const asKeys = (...keys: unknown[]) => inlineTemplate(JSON.stringify({ keys }));
const MAPPER = "session.whoami.tokenizer.templates.jwt";

async function check(
  template: Record<string, unknown>,
): Promise<{ found: readonly (readonly string[])[]; unchecked: readonly string[] }> {
  const report = createReport();
  const good = { "claims_mapper_url": inlineTemplate(CLAIMS), "jwks_url": asKeys(PRIVATE) };
  const templates = { jwt: { ...good, ...template } };
  await checkTokenizer({ session: { whoami: { tokenizer: { templates } } } }, {
    claims: CLAIMS,
    readTemplate: (uri) =>
      readTemplate(uri, {
        fetch: () => Promise.reject(new TypeError("no network")),
        readFile: (path) => Promise.reject(new MissingFileError(path)),
      }),
    report,
  });
  assert(!JSON.stringify(report).includes(PRIVATE.d));
  return {
    found: report.findings.map(({ id, where }) => [id, where]),
    unchecked: report.unchecked,
  };
}

for (
  const [name, template, found] of [
    ["our mapper and a private key", {}, []],
    ["our mapper with comments", { "claims_mapper_url": inlineTemplate(`// x\n${CLAIMS}`) }, []],
    ["a mapper of others", { "claims_mapper_url": inlineTemplate("{}"), "jwks_url": "" }, []],
    ["no mapper", { "claims_mapper_url": undefined, "jwks_url": "" }, []],
    ["a symmetric key", { "jwks_url": asKeys({ alg: "HS256", k: "x" }) }, []],
    ["a mapper of the operator's own with our claim", {
      "claims_mapper_url": inlineTemplate("{ claims: { jumio: 2 } }"),
    }, [["claims_mapper_not_ours", MAPPER]]],
    ["a mapper that does not parse", {
      "claims_mapper_url": inlineTemplate("{ claims: { jumio: 2 }"),
    }, [["template_broken", MAPPER]]],
    ["broken base64", { "claims_mapper_url": "base64://%%%" }, [["template_broken", MAPPER]]],
    ["a missing file", { "claims_mapper_url": "file:///x" }, [["template_not_found", MAPPER]]],
    ...[
      ["no keys", ""],
      ["a placeholder for the keys", "${TOKENIZER_JWKS_URL}"],
      ["something else than keys", inlineTemplate("secret-part")],
      ["an empty set", asKeys()],
      ["a public key", asKeys({ kty: "EC", alg: "ES256" })],
      ["a key without alg", asKeys({ kty: "EC", d: "x" })],
    ].map(([name = "", url]) =>
      [name, { "jwks_url": url }, [["tokenizer_keys_unusable", `${MAPPER}.jwks_url`]]] as const
    ),
    ["a missing file of keys", { "jwks_url": "file:///k" }, [[
      "template_not_found",
      `${MAPPER}.jwks_url`,
    ]]],
  ] as const
) {
  Deno.test(`checkTokenizer() finds ${found.length} mistakes in ${name}`, async () => {
    assert.deepEqual((await check(template)).found, found);
  });
}

Deno.test("checkTokenizer() fetches no keys", async () => {
  const { found, unchecked } = await check({ "jwks_url": "https://keys.example.com/x" });

  assert.deepEqual(found, []);
  assert.equal(unchecked.length, 1);
});
