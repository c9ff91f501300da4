// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseConfig } from "./config.ts";
import { ConfigError } from "./error.ts";

const ENV = {
  "ORY_WEBHOOK_SECRET": "0123456789abcdef0123456789abcdef",
  "KRATOS_ADMIN_URL": "http://kratos:4434",
  "JUMIO_AUTH_URL": "https://auth.emea-1.jumio.ai/oauth2/token",
  "JUMIO_API_BASE_URL": "https://api.emea-1.jumio.ai/api/v1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
};

for (
  const [publicUrl, expected] of [
    ["https://example.com/kyc", "https://example.com/kyc"],
    ["https://example.com/kyc/", "https://example.com/kyc"],
    ["https://example.com/kyc//", "https://example.com/kyc"],
    ["https://example.com/a/b-1.c_d~e/", "https://example.com/a/b-1.c_d~e"],
    ["https://example.com/", "https://example.com"],
    ["https://example.com//", "https://example.com"],
  ] as const
) {
  Deno.test(`parseConfig() reads the PUBLIC_URL ${publicUrl} without a slash at its end`, () => {
    const config = parseConfig({ ...ENV, "PUBLIC_URL": publicUrl });

    assert.equal(config.address.publicUrl, expected);
  });
}

for (
  const publicUrl of [
    "https://example.com//kyc",
    "https://example.com/a//b/",
    "https://example.com/a;b",
    "https://example.com/a%2fb",
    "https://example.com/prüfung",
  ]
) {
  Deno.test(`parseConfig() refuses the path of the PUBLIC_URL ${publicUrl}`, () => {
    assert.throws(() => parseConfig({ ...ENV, "PUBLIC_URL": publicUrl }), (error) => {
      assert(error instanceof ConfigError);
      assert.equal(error.problems.length, 1);
      assert.match(error.problems[0] ?? "", /^PUBLIC_URL may have a path of letters/);
      return true;
    });
  });
}
