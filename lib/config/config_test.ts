// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseConfig, SETTINGS } from "./config.ts";
import { ConfigError } from "./error.ts";

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

/** What has no default. */
const REQUIRED = [
  "ORY_WEBHOOK_SECRET",
  "KRATOS_ADMIN_URL",
  "JUMIO_AUTH_URL",
  "JUMIO_API_BASE_URL",
  "JUMIO_CLIENT_ID",
  "JUMIO_CLIENT_SECRET",
];

function problems(changes: Record<string, string | undefined>): readonly string[] {
  try {
    parseConfig({ ...SAMPLE, ...changes });
    return [];
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.problems;
  }
}

Deno.test("parseConfig() accepts the environment of the Express sample", () => {
  const config = parseConfig({ ...SAMPLE, "JUMIO_WORKFLOW_KEY": "10164" });

  assert.equal(config.server.port, 4000);
  assert.equal(config.jumio.workflowKey, "10164");
  assert.equal(config.jumio.tokenUrl.href, "https://auth.emea-1.jumio.ai/oauth2/token");
  assert.equal(config.jumio.accountUrl.href, "https://account.emea-1.jumio.ai/api/v1/");
  assert.equal(config.jumio.retrievalUrl.href, "https://retrieval.emea-1.jumio.ai/api/v1/");
  assert.deepEqual(config.jumio.webSources, ["https://*.web.emea-1.jumio.ai"]);
  assert.equal(config.kratos.adminUrl.href, "https://slug.projects.oryapis.com/");
  assert.equal(config.callback.keys.length, 1);
});

Deno.test("parseConfig() has the documented defaults", () => {
  const config = parseConfig({ ...SAMPLE, "PORT": "" });

  assert.equal(config.server.port, 3000);
  assert.equal(config.address.publicUrl, undefined);
  assert.equal(config.jumio.workflowKey, "10011");
  assert.equal(config.jumio.startsPerSecond, 1);
  assert.equal(config.server.kvPath, "./data/kv.sqlite3");
  assert.deepEqual([...config.policy.loginBlockedStatuses], ["rejected"]);
  assert.equal(config.policy.warningStatus, "review");
  assert.equal(config.policy.revokeSessionsOnRejection, false);
  assert.equal(config.callback.sources, undefined);
  assert.equal(config.address.reconcileAfterMs, 120_000);
  assert.equal(config.server.logLevel, "info");
});

Deno.test("parseConfig() polls later and signs links if PUBLIC_URL is set", () => {
  const config = parseConfig({
    ...SAMPLE,
    "ORY_WEBHOOK_SECRET": SECRET,
    "PUBLIC_URL": "https://kyc.example.com/",
  });

  assert.equal(config.address.publicUrl, "https://kyc.example.com");
  assert.equal(config.address.reconcileAfterMs, 600_000);
  assert.equal(config.address.link?.lifetimeDays, 90);
});

Deno.test("parseConfig() uses the attached database on Deno Deploy", () => {
  assert.equal(parseConfig({ ...SAMPLE, "DENO_DEPLOY": "1" }).server.kvPath, undefined);
});

Deno.test("parseConfig() names every problem in one error", () => {
  assert.throws(() => parseConfig({}), (error) => {
    assert(error instanceof ConfigError);
    assert.deepEqual(
      error.problems.toSorted(),
      REQUIRED.map((name) => `${name} is missing`).toSorted(),
    );
    return error.problems.every((problem) => error.message.includes(problem));
  });
});

Deno.test("parseConfig() names problems between settings together with those of single settings", () => {
  const found = problems({
    "ORY_API_KEY": "",
    "PUBLIC_URL": "http://kyc.example.com",
    "LINK_SECRET": "short",
    "ORY_WEBHOOK_SECRET": "",
    "LINK_LIFETIME_DAYS": "0",
    "PORT": "none",
  });

  assert.deepEqual(found.map((problem) => problem.split(" ")[0]).toSorted(), [
    "LINK_LIFETIME_DAYS",
    "LINK_SECRET",
    "ORY_API_KEY",
    "ORY_WEBHOOK_SECRET",
    "PORT",
    "PUBLIC_URL",
  ]);
});

Deno.test("SETTINGS has the name of every setting once", () => {
  assert.equal(SETTINGS.length, 35);
  assert.equal(new Set(SETTINGS).size, SETTINGS.length);
  for (const name of SETTINGS) assert.match(name, /^[A-Z]+(?:_[A-Z]+)+$|^(?:HOST|PORT)$/);
});

/** With the path and the token of a callback, an address of one character more than Jumio takes. */
const TOO_LONG = `https://kyc.example.com/${"a".repeat(173)}`;

const BAD: readonly [name: string, value: string, expected: RegExp][] = [
  ["KRATOS_ADMIN_URL", "kratos:4434", /^KRATOS_ADMIN_URL must be an address/],
  ["KRATOS_ADMIN_URL", "https://a:b@kratos", /^KRATOS_ADMIN_URL must have no user/],
  ["ORY_API_KEY", "", /^ORY_API_KEY is missing: .*Ory Network/],
  ["JUMIO_API_BASE_URL", "http://api.emea-1.jumio.ai", /^JUMIO_API_BASE_URL must begin with https/],
  ["JUMIO_AUTH_URL", "http://auth.emea-1.jumio.ai", /^JUMIO_AUTH_URL must begin with https/],
  ["PORT", "70000", /^PORT must be a whole number/],
  ["PORT", "3000x", /^PORT must be a whole number/],
  ["PUBLIC_URL", "http://kyc.example.com", /^PUBLIC_URL must begin with https/],
  ["PUBLIC_URL", "https://kyc.example.com", /^ORY_WEBHOOK_SECRET must have at least 32 characters/],
  ["LOGIN_BLOCKED_STATUSES", "rejected,verified", /^LOGIN_BLOCKED_STATUSES may list none, /],
  ["JUMIO_WARNING_STATUS", "pending", /^JUMIO_WARNING_STATUS must be one of/],
  ["REVOKE_SESSIONS_ON_REJECTION", "yes", /^REVOKE_SESSIONS_ON_REJECTION must be one of/],
  ["JUMIO_CALLBACK_SOURCES", "10.0.0.0/8, jumio", /^JUMIO_CALLBACK_SOURCES must .*entry 2/],
  ["JUMIO_STARTS_PER_SECOND", "0", /^JUMIO_STARTS_PER_SECOND must be a number/],
  ["SWEEP_EVERY_HOURS", "-1", /^SWEEP_EVERY_HOURS must be a number from 0/],
  ["START_MISSING_SINCE", "last week", /^START_MISSING_SINCE must be a date such as/],
  ["START_MISSING_SINCE", "2026-02-30", /^START_MISSING_SINCE must be a date such as/],
  ["LOG_LEVEL", "verbose", /^LOG_LEVEL must be one of debug/],
  ["JUMIO_CALLBACK_SECRET", "one two", /^JUMIO_CALLBACK_SECRET holds several values/],
  ["ORY_API_KEY", "ory_pat_x\ny", /^ORY_API_KEY must be one line/],
  ["ORY_API_KEY", "ory_pat_\u20ac", /^ORY_API_KEY must be one line, of characters of Latin-1/],
  ["JUMIO_CLIENT_ID", "client\r\nid", /^JUMIO_CLIENT_ID must be one line/],
  ["JUMIO_CLIENT_SECRET", "secret\x00", /^JUMIO_CLIENT_SECRET must be one line/],
  ["JUMIO_CLIENT_SECRET", "secret-\u0142", /^JUMIO_CLIENT_SECRET must be one line/],
  ["JUMIO_AUTH_URL", "http://proxy.example.com", /^JUMIO_AUTH_URL must begin with https/],
  ["JUMIO_API_BASE_URL", "http://jumio:8080", /^JUMIO_API_BASE_URL must begin with https/],
  ["ORY_WEBHOOK_SECRET", "schl\u00fcssel", /^ORY_WEBHOOK_SECRET must have ASCII characters only/],
  ["PUBLIC_URL", TOO_LONG, /^PUBLIC_URL must have at most 196 characters: Jumio/],
  ["ORY_WEBHOOK_SECRET", "an old pass phrase", /^ORY_WEBHOOK_SECRET holds several values/],
];

for (const [name, value, expected] of BAD) {
  Deno.test(`parseConfig() refuses ${name}=${value}, without showing the value of a secret`, () => {
    const found = problems({ [name]: value });

    assert(found.some((problem) => expected.test(problem)), found.join("\n"));
    if (name.endsWith("SECRET")) assert(!found.join().includes(value));
  });
}

Deno.test("parseConfig() accepts the longest PUBLIC_URL, and a secret of Latin-1", () => {
  const found = problems({
    "ORY_WEBHOOK_SECRET": SECRET,
    "PUBLIC_URL": TOO_LONG.slice(0, -1),
    "JUMIO_CLIENT_SECRET": "s\u00e9cret",
  });

  assert.deepEqual(found, []);
});

Deno.test("parseConfig() listens at all addresses by default, and lets Deno Deploy choose", () => {
  assert.equal(parseConfig(SAMPLE).server.host, "::");
  assert.equal(parseConfig({ ...SAMPLE, "HOST": "127.0.0.1" }).server.host, "127.0.0.1");
  assert.equal(parseConfig({ ...SAMPLE, "HOST": "::", "DENO_DEPLOY": "1" }).server.host, undefined);
});

Deno.test("parseConfig() refuses a short LINK_SECRET that would sign, but not one that only verifies", () => {
  const base = { "PUBLIC_URL": "https://kyc.example.com" };

  const short = problems({ ...base, "LINK_SECRET": "a-short-secret-of-20" });
  const rotated = problems({ ...base, "LINK_SECRET": `${SECRET} an-older-secret-of-23` });

  assert.match(short[0] ?? "", /^LINK_SECRET must have at least 32 characters/);
  assert.deepEqual(rotated, []);
});

Deno.test("parseConfig() returns a frozen configuration that shows no secret", () => {
  const config = parseConfig(SAMPLE);

  const printed = Deno.inspect(config, { depth: 9 }) + JSON.stringify(config);
  for (const secret of ["short-one", "ory_pat_x", "client-secret", "callback-secret"]) {
    assert(!printed.includes(secret), secret);
  }
  assert(Object.isFrozen(config) && Object.isFrozen(config.jumio));
});

Deno.test("parseConfig() accepts a brand and the three addresses of its pages, and needs none", () => {
  const neutral = parseConfig(SAMPLE);
  const own = parseConfig({
    ...SAMPLE,
    "BRAND_NAME": "Example Bank",
    "SUPPORT_URL": "mailto:help@example.com",
    "PRIVACY_URL": "https://example.com/privacy",
    "APP_URL": "mybank://verified",
  });

  assert.deepEqual(neutral.brand, {
    name: undefined,
    supportUrl: undefined,
    privacyUrl: undefined,
    appUrl: undefined,
  });
  assert.deepEqual(own.brand, {
    name: "Example Bank",
    supportUrl: "mailto:help@example.com",
    privacyUrl: "https://example.com/privacy",
    appUrl: "mybank://verified",
  });
  for (const name of ["SUPPORT_URL", "PRIVACY_URL", "APP_URL"]) {
    assert.match(problems({ [name]: "javascript:alert(1)" }).join(), new RegExp(`^${name} must`));
  }
});

Deno.test("parseConfig() refuses an OPERATOR_SECRET if one of its values is short", () => {
  const short = problems({ "OPERATOR_SECRET": "a-secret-of-twenty-one" });
  const older = problems({ "OPERATOR_SECRET": `${SECRET} an-older-secret-of-23` });
  const good = problems({ "OPERATOR_SECRET": `${SECRET} ${SECRET.toUpperCase()}` });

  assert.match(
    short[0] ?? "",
    /^OPERATOR_SECRET must have at least 32 characters, in each of its values/,
  );
  assert.match(older[0] ?? "", /^OPERATOR_SECRET must have at least 32 characters/);
  assert.deepEqual(good, []);
});
