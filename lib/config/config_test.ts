import assert from "node:assert/strict";
import { allowedOrigins, parseConfig, parseKratosConfig, SETTINGS } from "./config.ts";
import { ConfigError } from "../upstream/error.ts";

const SECRET = "0123456789abcdef0123456789abcdef";

/** The nine names of the public Express sample. */
const SAMPLE = {
  "ORY_WEBHOOK_SECRET": "short-one",
  "KRATOS_ADMIN_URL": "https://slug.projects.oryapis.com",
  "ORY_API_KEY": "ory_pat_x",
  "JUMIO_AUTH_URL": "https://auth.emea-1.jumio.ai/oauth2/token",
  "JUMIO_API_BASE_URL": "https://api.emea-1.jumio.ai/api/v1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
  "JUMIO_CALLBACK_SECRET": "callback-secret",
  "PORT": "4000",
};

async function problems(changes: Record<string, string | undefined>): Promise<readonly string[]> {
  try {
    await parseConfig({ ...SAMPLE, ...changes });
    return [];
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.problems;
  }
}

Deno.test("parseConfig() takes the sample's environment as it is", async () => {
  const config = await parseConfig({ ...SAMPLE, "JUMIO_WORKFLOW_KEY": "10164" });

  assert.equal(config.port, 4000);
  assert.equal(config.jumio.workflowKey, "10164");
  assert.equal(config.jumio.tokenUrl.href, "https://auth.emea-1.jumio.ai/oauth2/token");
  assert.equal(config.jumio.accountUrl.href, "https://account.emea-1.jumio.ai/api/v1/");
  assert.equal(config.jumio.retrievalUrl.href, "https://retrieval.emea-1.jumio.ai/api/v1/");
  assert.equal(config.kratos.adminUrl.href, "https://slug.projects.oryapis.com/");
  assert.equal(config.callback.keys.length, 1);
});

Deno.test("parseKratosConfig() needs what reaches Kratos, and nothing else", () => {
  const { "KRATOS_ADMIN_URL": adminUrl, "ORY_API_KEY": apiKey } = SAMPLE;

  const kratos = parseKratosConfig({ "KRATOS_ADMIN_URL": adminUrl, "ORY_API_KEY": apiKey });

  assert.equal(kratos.adminUrl.href, "https://slug.projects.oryapis.com/");
  assert.equal(kratos.apiKey?.reveal(), "ory_pat_x");
  assert.throws(() => parseKratosConfig({ "KRATOS_ADMIN_URL": adminUrl }), ConfigError);
});

Deno.test("parseConfig() has the documented defaults", async () => {
  const config = await parseConfig({ ...SAMPLE, "PORT": "" });

  assert.equal(config.port, 3000);
  assert.equal(config.publicUrl, undefined);
  assert.equal(config.jumio.workflowKey, "10011");
  assert.equal(config.jumio.startsPerSecond, 1);
  assert.equal(config.kvPath, "./data/kv.sqlite3");
  assert.deepEqual([...config.policy.loginBlockedStatuses], ["rejected"]);
  assert.equal(config.policy.warningStatus, "review");
  assert.equal(config.policy.revokeSessionsOnRejection, false);
  assert.equal(config.callback.sources, undefined);
  assert.equal(config.reconcileAfterMs, 120_000);
  assert.equal(config.logLevel, "info");
});

Deno.test("parseConfig() polls later and signs links where PUBLIC_URL is set", async () => {
  const config = await parseConfig({
    ...SAMPLE,
    "ORY_WEBHOOK_SECRET": SECRET,
    "PUBLIC_URL": "https://kyc.example.com/",
  });

  assert.equal(config.publicUrl, "https://kyc.example.com");
  assert.equal(config.reconcileAfterMs, 600_000);
  assert.equal(config.link?.lifetimeDays, 90);
});

Deno.test("parseConfig() uses the attached database on Deno Deploy", async () => {
  assert.equal((await parseConfig({ ...SAMPLE, "DENO_DEPLOY": "1" })).kvPath, undefined);
});

for (
  const [given, account, retrieval] of [
    ["https://account.amer-1.jumio.ai", "account.amer-1", "retrieval.amer-1"],
    ["https://retrieval.amer-1.jumio.ai/", "account.amer-1", "retrieval.amer-1"],
    ["https://api.amer-1.jumio.ai/api/v1/", "account.amer-1", "retrieval.amer-1"],
  ] as const
) {
  Deno.test(`parseConfig() derives both hosts from ${given}`, async () => {
    const { jumio } = await parseConfig({ ...SAMPLE, "JUMIO_API_BASE_URL": given });

    assert.equal(jumio.accountUrl.href, `https://${account}.jumio.ai/api/v1/`);
    assert.equal(jumio.retrievalUrl.href, `https://${retrieval}.jumio.ai/api/v1/`);
  });
}

Deno.test("parseConfig() lets another host serve both", async () => {
  const { jumio } = await parseConfig({
    ...SAMPLE,
    "JUMIO_API_BASE_URL": "http://127.0.0.1:3002/jumio",
  });

  assert.equal(jumio.accountUrl.href, "http://127.0.0.1:3002/jumio/api/v1/");
  assert.equal(jumio.retrievalUrl.href, jumio.accountUrl.href);
});

for (
  const given of ["http://kratos:4434", "http://kratos:4434/admin", "http://kratos:4434/admin/"]
) {
  Deno.test(`parseConfig() finds the admin API under ${given}`, async () => {
    const { kratos } = await parseConfig({ ...SAMPLE, "KRATOS_ADMIN_URL": given });

    assert.equal(
      new URL("admin/identities", kratos.adminUrl).href,
      "http://kratos:4434/admin/identities",
    );
  });
}

Deno.test("parseConfig() names every problem in one error", async () => {
  const found = await parseConfig({}).catch((error) => error);

  assert(found instanceof ConfigError);
  for (const name of SETTINGS.slice(0, 7).filter((name) => name !== "ORY_API_KEY")) {
    assert(found.message.includes(`${name} is missing`), name);
  }
});

const BAD: readonly [name: string, value: string, expected: RegExp][] = [
  ["KRATOS_ADMIN_URL", "kratos:4434", /^KRATOS_ADMIN_URL must be an address/],
  ["KRATOS_ADMIN_URL", "https://a:b@kratos", /^KRATOS_ADMIN_URL must have no user/],
  ["ORY_API_KEY", "", /^ORY_API_KEY is missing: .*Ory Network/],
  ["JUMIO_API_BASE_URL", "http://api.emea-1.jumio.ai", /^JUMIO_API_BASE_URL must begin with https/],
  ["JUMIO_AUTH_URL", "http://auth.emea-1.jumio.ai", /^JUMIO_AUTH_URL must begin with https/],
  ["PORT", "70000", /^PORT must be a whole number/],
  ["PORT", "3000x", /^PORT must be a whole number/],
  ["PUBLIC_URL", "http://kyc.example.com", /^PUBLIC_URL must begin with https/],
  ["PUBLIC_URL", "https://kyc.example.com", /^ORY_WEBHOOK_SECRET must have 32 characters/],
  ["LOGIN_BLOCKED_STATUSES", "rejected,verified", /^LOGIN_BLOCKED_STATUSES may list none, /],
  ["JUMIO_WARNING_STATUS", "pending", /^JUMIO_WARNING_STATUS must be one of/],
  ["REVOKE_SESSIONS_ON_REJECTION", "yes", /^REVOKE_SESSIONS_ON_REJECTION must be one of/],
  ["JUMIO_CALLBACK_SOURCES", "10.0.0.0/8, jumio", /^JUMIO_CALLBACK_SOURCES must .*entry 2/],
  ["JUMIO_STARTS_PER_SECOND", "0", /^JUMIO_STARTS_PER_SECOND must be a number/],
  ["LOG_LEVEL", "verbose", /^LOG_LEVEL must be one of debug/],
  ["JUMIO_CALLBACK_SECRET", "one two", /^JUMIO_CALLBACK_SECRET holds several values/],
  ["ORY_WEBHOOK_SECRET", "an old pass phrase", /^ORY_WEBHOOK_SECRET holds several values/],
];

for (const [name, value, expected] of BAD) {
  Deno.test(`parseConfig() refuses ${name}=${value}, without showing the value of a secret`, async () => {
    const found = await problems({ [name]: value });

    assert(found.some((problem) => expected.test(problem)), found.join("\n"));
    if (name.endsWith("SECRET")) assert(!found.join().includes(value));
  });
}

Deno.test("parseConfig() refuses a short LINK_SECRET that would sign, not one that only verifies", async () => {
  const base = { "PUBLIC_URL": "https://kyc.example.com" };

  const short = await problems({ ...base, "LINK_SECRET": "a-short-secret-of-20" });
  const rotated = await problems({ ...base, "LINK_SECRET": `${SECRET} an-older-secret-of-23` });

  assert.match(short[0] ?? "", /^LINK_SECRET must have 32 characters/);
  assert.deepEqual(rotated, []);
});

Deno.test("parseConfig() gives a configuration that is frozen and shows no secret", async () => {
  const config = await parseConfig(SAMPLE);

  const printed = Deno.inspect(config, { depth: 9 }) + JSON.stringify(config);
  for (const secret of ["short-one", "ory_pat_x", "client-secret", "callback-secret"]) {
    assert(!printed.includes(secret), secret);
  }
  assert(Object.isFrozen(config) && Object.isFrozen(config.jumio));
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
  Deno.test(`parseConfig() finds Jumio's pages for ${authUrl} and ${apiUrl}`, async () => {
    const urls = { "JUMIO_AUTH_URL": authUrl, "JUMIO_API_BASE_URL": apiUrl };

    const { jumio } = await parseConfig({ ...SAMPLE, ...urls });

    assert.deepEqual(jumio.webSources, sources);
  });
}

Deno.test("parseConfig() takes a brand and an address for help, and needs neither", async () => {
  const neutral = await parseConfig(SAMPLE);
  const own = await parseConfig({
    ...SAMPLE,
    "BRAND_NAME": "Example Bank",
    "SUPPORT_URL": "mailto:help@example.com",
  });

  assert.deepEqual(neutral.brand, { name: undefined, supportUrl: undefined });
  assert.deepEqual(own.brand, { name: "Example Bank", supportUrl: "mailto:help@example.com" });
  assert.match((await problems({ "SUPPORT_URL": "javascript:alert(1)" })).join(), /SUPPORT_URL/);
});

Deno.test("allowedOrigins() are the four upstreams", async () => {
  assert.deepEqual([...allowedOrigins(await parseConfig(SAMPLE))], [
    "https://slug.projects.oryapis.com",
    "https://auth.emea-1.jumio.ai",
    "https://account.emea-1.jumio.ai",
    "https://retrieval.emea-1.jumio.ai",
  ]);
});

Deno.test("parseConfig() refuses an OPERATOR_SECRET of which any value is short", async () => {
  const short = await problems({ "OPERATOR_SECRET": "a-secret-of-twenty-one" });
  const older = await problems({ "OPERATOR_SECRET": `${SECRET} an-older-secret-of-23` });
  const good = await problems({ "OPERATOR_SECRET": `${SECRET} ${SECRET.toUpperCase()}` });

  assert.match(short[0] ?? "", /^OPERATOR_SECRET must have 32 characters at least, each value/);
  assert.match(older[0] ?? "", /^OPERATOR_SECRET must have 32 characters/);
  assert.deepEqual(good, []);
});
