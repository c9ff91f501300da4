import assert from "node:assert/strict";
import { JumioSettings } from "./jumio.ts";

function parse({ tokenUrl = "https://auth.emea-1.jumio.ai", apiUrl }: {
  tokenUrl?: string;
  apiUrl: string;
}) {
  return JumioSettings.parse({ tokenUrl, apiUrl, clientId: "client", clientSecret: "secret" });
}

for (
  const [given, account, retrieval] of [
    ["https://account.amer-1.jumio.ai", "account.amer-1", "retrieval.amer-1"],
    ["https://retrieval.amer-1.jumio.ai/", "account.amer-1", "retrieval.amer-1"],
    ["https://api.amer-1.jumio.ai/api/v1", "account.amer-1", "retrieval.amer-1"],
    ["https://api.amer-1.jumio.ai/api/v1/", "account.amer-1", "retrieval.amer-1"],
  ] as const
) {
  Deno.test(`JumioSettings derives both hosts from ${given}`, () => {
    const { accountUrl, retrievalUrl } = parse({ apiUrl: given });

    assert.equal(accountUrl.href, `https://${account}.jumio.ai/api/v1/`);
    assert.equal(retrievalUrl.href, `https://${retrieval}.jumio.ai/api/v1/`);
  });
}

Deno.test("JumioSettings uses any other host for both, with its path", () => {
  const { accountUrl, retrievalUrl } = parse({ apiUrl: "http://127.0.0.1:3002/jumio" });

  assert.equal(accountUrl.href, "http://127.0.0.1:3002/jumio/api/v1/");
  assert.equal(retrievalUrl.href, "http://127.0.0.1:3002/jumio/api/v1/");
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
  Deno.test(`JumioSettings finds Jumio's pages for ${authUrl} and ${apiUrl}`, () => {
    assert.deepEqual(parse({ tokenUrl: authUrl, apiUrl }).webSources, sources);
  });
}
