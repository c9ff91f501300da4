// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseKratosConfig } from "./config.ts";
import { ConfigError } from "./error.ts";
import { isOryNetwork } from "./kratos.ts";

for (
  const given of [
    "http://kratos:4434",
    "http://kratos:4434/",
    "http://kratos:4434/admin",
    "http://kratos:4434/admin/",
  ]
) {
  Deno.test(`KRATOS_ADMIN_URL=${given} leads to the admin API`, () => {
    const { adminUrl } = parseKratosConfig({ "KRATOS_ADMIN_URL": given });

    assert.equal(
      new URL("admin/identities", adminUrl).href,
      "http://kratos:4434/admin/identities",
    );
  });
}

Deno.test("KRATOS_ADMIN_URL keeps the path of a proxy", () => {
  const { adminUrl } = parseKratosConfig({ "KRATOS_ADMIN_URL": "https://proxy/kratos/admin" });

  assert.equal(adminUrl.href, "https://proxy/kratos/");
});

Deno.test("ORY_API_KEY is needed on Ory Network, and not on a self-hosted Kratos", () => {
  const network = { "KRATOS_ADMIN_URL": "https://slug.projects.oryapis.com" };

  const withKey = parseKratosConfig({ ...network, "ORY_API_KEY": "ory_pat_x" });
  const selfHosted = parseKratosConfig({ "KRATOS_ADMIN_URL": "http://kratos:4434" });

  assert.equal(withKey.apiKey?.reveal(), "ory_pat_x");
  assert.equal(selfHosted.apiKey, undefined);
  assert.throws(() => parseKratosConfig(network), ConfigError);
});

Deno.test("an Ory Network address without TLS and without a key is two problems", () => {
  assert.throws(
    () => parseKratosConfig({ "KRATOS_ADMIN_URL": "http://slug.projects.oryapis.com" }),
    (error) => error instanceof ConfigError && error.problems.length === 2,
  );
});

Deno.test("isOryNetwork() does not take another domain for Ory's", () => {
  assert(isOryNetwork(new URL("https://slug.projects.oryapis.com")));
  assert(!isOryNetwork(new URL("https://oryapis.com.example.com")));
  assert(!isOryNetwork(new URL("https://notory.sh")));
});
