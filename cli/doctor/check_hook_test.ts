// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSecret } from "../../lib/crypto/secret.ts";
import type { FlowName } from "../kratos_config/hook_lists.ts";
import { inlineTemplate, setAskedStatuses } from "../kratos_config/templates.ts";
import { checkHook, type HookExpectations, readHookSecrets } from "./check_hook.ts";
import { createReport } from "./findings.ts";

const SECRET = "hook-secret-0123456789";
const TEMPLATES = {
  initiate: "function(ctx) 1",
  validate: "local asked = ['none', 'pending', 'review', 'rejected', 'expired'];\nfunction(ctx) 2",
};

const EXPECTED: HookExpectations = {
  config: {},
  secrets: [createSecret("newer-secret-0123456789"), createSecret(SECRET)],
  blockedStatuses: ["rejected"],
  templates: TEMPLATES,
  serviceUrl: undefined,
  serviceHosts: [],
  isNetwork: false,
};

function createAuth(config: Record<string, unknown> = {}): unknown {
  return {
    type: "api_key",
    config: { name: "X-Webhook-Secret", value: SECRET, in: "header", ...config },
  };
}

const CONFIGS: Readonly<Record<"registration" | "login", Readonly<Record<string, unknown>>>> = {
  registration: {
    url: "https://bridge.example.com/jumio/initiate",
    method: "POST",
    auth: createAuth(),
    body: TEMPLATES.initiate,
    response: { ignore: false, parse: false },
  },
  login: {
    url: "https://bridge.example.com/jumio/validate",
    method: "POST",
    auth: createAuth(),
    body: TEMPLATES.validate,
    can_interrupt: true,
  },
};

async function check(
  flow: "registration" | "login",
  changes: Record<string, unknown>,
  expected: Partial<HookExpectations> = {},
): Promise<{ ids: readonly string[]; unchecked: readonly string[] }> {
  const hook = { hook: "web_hook", config: { ...CONFIGS[flow], ...changes }, value: undefined };
  const report = createReport();
  const placed: { hook: typeof hook; flow: FlowName; where: string } = {
    hook,
    flow,
    where: "here",
  };
  await checkHook(placed, { ...EXPECTED, ...expected }, {
    sources: {
      resolve: () => Promise.reject(new Error("This test has no name server")),
      readTemplate: (uri) =>
        Promise.resolve(
          uri === "file:///elsewhere"
            ? { ok: false, reason: "unknown", why: "Cannot read it on this machine" }
            : { ok: true, text: uri },
        ),
    },
    report,
  });
  return { ids: report.findings.map(({ id }) => id), unchecked: report.unchecked };
}

const LOGIN_CASES: readonly [string, Record<string, unknown>, readonly string[]][] = [
  ["a correct hook", {}, []],
  ["the path of registration", { url: "https://b.example.com/jumio/initiate" }, ["wrong_path"]],
  ["another method", { method: "GET" }, ["wrong_method"]],
  ["http to a public name", { url: "http://b.example.com/jumio/validate" }, ["http_without_tls"]],
  ["http in a private network", { url: "http://bridge:3000/jumio/validate" }, []],
  ["response.ignore", { response: { ignore: true } }, ["answer_ignored"]],
  ["no can_interrupt", { can_interrupt: false }, ["cannot_interrupt_sign_in"]],
  ["no auth", { auth: undefined }, ["wrong_secret"]],
  ["a secret in a cookie", { auth: createAuth({ in: "cookie" }) }, ["wrong_secret"]],
  ["a secret in another header", { auth: createAuth({ name: "X-Key" }) }, ["wrong_secret"]],
  ["another secret", { auth: createAuth({ value: "other-0123456789" }) }, ["wrong_secret"]],
  ["a placeholder", { auth: createAuth({ value: "CHANGE-ME" }) }, ["secret_not_filled_in"]],
  [
    "a Bearer token",
    { auth: createAuth({ name: "Authorization", value: `Bearer ${SECRET}` }) },
    [],
  ],
  ["a secret in one of its own headers", {
    auth: undefined,
    headers: { "x-webhook-secret": SECRET },
  }, []],
  ["another secret in one of its own headers", {
    auth: undefined,
    headers: { "Authorization": "Bearer other" },
  }, ["wrong_secret"]],
  ["the Content-Type that Kratos sends anyway", {
    headers: { "content-type": "application/json", "X-Trace": "1" },
  }, []],
  ...["application/json; charset=utf-8", "application/x-www-form-urlencoded", "text/plain", ""].map(
    (type): [string, Record<string, unknown>, readonly string[]] => [
      `the Content-Type "${type}"`,
      { headers: { "Content-Type": type } },
      ["wrong_header"],
    ],
  ),
  ["a Content-Encoding", { headers: { "content-encoding": "gzip" } }, ["wrong_header"]],
  ["no template", { body: "" }, ["template_missing"]],
  ["a template that was cut off", { body: "function(ctx) {" }, ["template_broken"]],
  ["another template", { body: "function(ctx) ctx" }, ["template_not_ours"]],
  ["the blocked statuses", { body: setAskedStatuses(TEMPLATES.validate, ["rejected"]) }, []],
  [
    "every status",
    {
      body: setAskedStatuses(TEMPLATES.validate, [
        "none",
        "pending",
        "review",
        "rejected",
        "expired",
        "verified",
      ]),
    },
    [],
  ],
  [
    "other statuses",
    { body: setAskedStatuses(TEMPLATES.validate, ["review"]) },
    ["template_other_statuses"],
  ],
];

for (const [name, changes, ids] of LOGIN_CASES) {
  Deno.test(`checkHook() finds [${ids}] at sign-in for ${name}`, async () => {
    assert.deepEqual(await check("login", changes), { ids, unchecked: [] });
  });
}

for (
  const [address, publicUrl, ids] of [
    ["https://b.example.com//jumio/validate", undefined, []],
    ["https://b.example.com/jumio/validate/", undefined, []],
    ["https://b.example.com/kyc/jumio/validate", undefined, []],
    ["https://b.example.com/kyc/jumio/validate", "https://b.example.com/kyc/", []],
    ["https://10.0.0.9/jumio/validate", "https://b.example.com/kyc", []],
    ["https://b.example.com/jumio/validate//", undefined, ["wrong_path"]],
    ["https://b.example.com///jumio/validate", undefined, ["wrong_path"]],
    ["https://b.example.com//jumio/validate/", undefined, ["wrong_path"]],
    ["https://b.example.com/Jumio/Validate", undefined, ["wrong_path"]],
    ["https://b.example.com/x/../jumio/validate", "https://b.example.com", ["wrong_path"]],
    ["https://b.example.com/%6aumio/validate", undefined, ["wrong_path"]],
    ["https://b.example.com/jumio/validate", "https://b.example.com/kyc", ["wrong_path"]],
    ["https://b.example.com/kyc/jumio/validate", "https://b.example.com", ["wrong_path"]],
  ] as const
) {
  Deno.test(`checkHook() finds [${ids}] for ${address} with PUBLIC_URL ${publicUrl}`, async () => {
    const serviceUrl = publicUrl === undefined ? undefined : new URL(publicUrl);

    assert.deepEqual((await check("login", { url: address }, { serviceUrl })).ids, ids);
  });
}

for (
  const [name, changes, ids] of [
    ["a correct hook", {}, []],
    ["can_interrupt", { can_interrupt: true }, ["interrupts_registration"]],
    ["response.parse", { response: { parse: true } }, ["interrupts_registration"]],
    ["another template", { body: inlineTemplate("x") }, ["template_not_ours"]],
  ] as const
) {
  Deno.test(`checkHook() finds [${ids}] at registration for ${name}`, async () => {
    assert.deepEqual((await check("registration", changes)).ids, ids);
  });
}

Deno.test("checkHook() finds a private address on Ory Network", async () => {
  const { ids } = await check("login", { url: "http://10.0.0.9/jumio/validate" }, {
    isNetwork: true,
  });

  assert.deepEqual(ids, ["private_address_blocked"]);
});

Deno.test("checkHook() says what it cannot check", async () => {
  const { ids, unchecked } = await check("login", { body: "file:///elsewhere" }, {
    isNetwork: true,
    secrets: undefined,
  });

  assert.deepEqual(ids, []);
  assert.deepEqual(unchecked, [
    "Whether Kratos's filter of private addresses blocks bridge.example.com: " +
    "cannot resolve the name",
    "The secret of the hooks: ORY_WEBHOOK_SECRET is not set here",
    "The template at file:///elsewhere: cannot read it on this machine",
  ]);
});

Deno.test("readHookSecrets() reads several values, and undefined for none", () => {
  const secrets = readHookSecrets({ "ORY_WEBHOOK_SECRET": " new  old " });

  assert.deepEqual(secrets?.map((secret) => secret.reveal()), ["new", "old"]);
  assert.equal(readHookSecrets({ "ORY_WEBHOOK_SECRET": "" }), undefined);
});

for (
  const [address, ids] of [
    ["https://b.example.com/jumio/validate", []],
    ["https://other.example.com/jumio/validate", ["wrong_host"]],
    ["https://b.example.com:8443/jumio/validate", ["wrong_host"]],
    ["http://bridge:3000/jumio/validate", []],
  ] as const
) {
  Deno.test(`checkHook() finds [${ids}] for ${address}, where b.example.com is the service`, async () => {
    const expected = { serviceHosts: ["b.example.com"] };

    assert.deepEqual((await check("login", { url: address }, expected)).ids, ids);
  });
}
