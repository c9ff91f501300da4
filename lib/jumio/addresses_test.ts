// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createApiUrl, createTokenUrl, listWebSources } from "./addresses.ts";

for (
  const [given, account, retrieval] of [
    ["https://account.amer-1.jumio.ai", "account.amer-1", "retrieval.amer-1"],
    ["https://retrieval.amer-1.jumio.ai/", "account.amer-1", "retrieval.amer-1"],
    ["https://api.amer-1.jumio.ai/api/v1", "account.amer-1", "retrieval.amer-1"],
    ["https://api.amer-1.jumio.ai/api/v1/", "account.amer-1", "retrieval.amer-1"],
  ] as const
) {
  Deno.test(`createApiUrl() derives both hosts from ${given}`, () => {
    const url = new URL(given);

    assert.equal(createApiUrl(url, "account").href, `https://${account}.jumio.ai/api/v1/`);
    assert.equal(createApiUrl(url, "retrieval").href, `https://${retrieval}.jumio.ai/api/v1/`);
  });
}

Deno.test("createApiUrl() uses any other host for both, with its path", () => {
  const url = new URL("http://127.0.0.1:3002/jumio");

  assert.equal(createApiUrl(url, "account").href, "http://127.0.0.1:3002/jumio/api/v1/");
  assert.equal(createApiUrl(url, "retrieval").href, "http://127.0.0.1:3002/jumio/api/v1/");
});

for (
  const [authUrl, apiUrl, sources] of [
    [
      "https://auth.emea-1.jumio.ai",
      "https://retrieval.emea-1.jumio.ai/api/v1",
      ["https://*.web.emea-1.jumio.ai"],
    ],
    ["https://auth.apac-1.jumio.ai", "https://proxy.example.com", [
      "https://*.web.apac-1.jumio.ai",
    ]],
    ["https://proxy.example.com", "https://proxy.example.com", [
      "https://proxy.example.com",
      "https://*.jumio.ai",
    ]],
    ["http://127.0.0.1:3002", "http://127.0.0.1:3002", ["http://127.0.0.1:3002"]],
  ] as const
) {
  Deno.test(`listWebSources() finds Jumio's pages for ${authUrl} and ${apiUrl}`, () => {
    const urls = { authUrl: new URL(authUrl), apiUrl: new URL(apiUrl) };

    assert.deepEqual(listWebSources(urls), sources);
  });
}

for (
  const [authUrl, tokenUrl] of [
    ["https://auth.emea-1.jumio.ai", "https://auth.emea-1.jumio.ai/oauth2/token"],
    ["https://auth.emea-1.jumio.ai/oauth2/token", "https://auth.emea-1.jumio.ai/oauth2/token"],
    ["http://127.0.0.1:3002/jumio/", "http://127.0.0.1:3002/jumio/oauth2/token"],
  ] as const
) {
  Deno.test(`createTokenUrl() adds the path to ${authUrl} once`, () => {
    assert.equal(createTokenUrl(new URL(authUrl)).href, tokenUrl);
  });
}
