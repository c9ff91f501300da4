// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { readRenderFile, TEMPLATES } from "../../tests/support/render_files.ts";
import { type Arguments, UsageError } from "../frame/command.ts";
import { inlineTemplate } from "../kratos_config/templates.ts";
import {
  readAskedStatuses,
  readBlockedStatuses,
  readFormat,
  readTemplates,
  readWantedHooks,
} from "./options.ts";

function createArguments(flags: Record<string, string> = {}): Arguments {
  return {
    operands: [],
    text: (flag) => flags[flag],
    has: (flag) => flag in flags,
    list: (flag) => flags[flag]?.split(","),
  };
}

function readHooks(
  flags: Record<string, string>,
  { env = {}, format = "kratos" }: { env?: Record<string, string>; format?: "kratos" | "ory-cli" } =
    {},
): ReturnType<typeof readWantedHooks> {
  const { runtime } = createTestRuntime({ env, readFile: readRenderFile });
  return readWantedHooks(createArguments(flags), { tools: runtime, templates: TEMPLATES, format });
}

Deno.test("readFormat() reads a format and lists the formats for any other text", () => {
  assert.deepEqual(readFormat("json-patch"), { format: "json-patch" });
  assert.deepEqual(readFormat("claims.jsonnet"), { format: "claims.jsonnet", template: "claims" });
  assert.throws(() => readFormat("xml"), /--format must be one of kratos, json-patch, ory-cli/);
});

for (
  const [setting, expected] of [
    [undefined, ["rejected"]],
    ["", ["rejected"]],
    ["rejected, review", ["review", "rejected"]],
  ] as const
) {
  Deno.test(`readBlockedStatuses() reads ${setting} as ${expected}`, () => {
    const env = setting === undefined ? {} : { "LOGIN_BLOCKED_STATUSES": setting };

    assert.deepEqual(readBlockedStatuses(env), expected);
  });
}

Deno.test("readBlockedStatuses() refuses a status that cannot be blocked", () => {
  const env = { "LOGIN_BLOCKED_STATUSES": "verified" };

  assert.throws(() => readBlockedStatuses(env), UsageError);
});

for (
  const [name, flags, statuses] of [
    ["no flag", {}, ["none", "pending", "review", "rejected", "expired"]],
    ["--ask-only", { "ask-only": "rejected,review" }, ["review", "rejected"]],
    ["--ask-all", { "ask-all": "" }, [
      "none",
      "pending",
      "review",
      "rejected",
      "expired",
      "verified",
    ]],
  ] as const
) {
  Deno.test(`readAskedStatuses() reads [${statuses}] for ${name}`, () => {
    assert.deepEqual(readAskedStatuses(createArguments(flags), { env: {} }), statuses);
  });
}

Deno.test("readAskedStatuses() refuses to omit a blocked status", () => {
  const env = { "LOGIN_BLOCKED_STATUSES": "rejected,expired" };

  assert.throws(
    () => readAskedStatuses(createArguments({ "ask-only": "rejected" }), { env }),
    /omits expired, which LOGIN_BLOCKED_STATUSES blocks/,
  );
});

Deno.test("readAskedStatuses() refuses --ask-all together with --ask-only", () => {
  const args = createArguments({ "ask-all": "", "ask-only": "rejected" });

  assert.throws(() => readAskedStatuses(args, { env: {} }), /exclude each other/);
});

Deno.test("readTemplates() changes the statuses of the sign-in template only", async () => {
  const { initiate, validate, claims } = await readTemplates(["rejected"], {
    readFile: readRenderFile,
  });

  assert.deepEqual([initiate, claims], [TEMPLATES.initiate, TEMPLATES.claims]);
  assert.match(validate, /^local asked = \['rejected'\];$/m);
});

Deno.test("readWantedHooks() inlines the template of each hook", async () => {
  const hooks = await readHooks({}, { env: { "PUBLIC_URL": "https://b.example.com/kyc/" } });

  assert.deepEqual(
    hooks.map(({ flow, method, hook }) => [flow, method, hook.config?.["url"]]),
    [
      ["registration", "password", "https://b.example.com/kyc/jumio/initiate"],
      ["registration", "oidc", "https://b.example.com/kyc/jumio/initiate"],
      ["registration", undefined, "https://b.example.com/kyc/jumio/initiate"],
      ["login", "password", "https://b.example.com/kyc/jumio/validate"],
      ["login", "oidc", "https://b.example.com/kyc/jumio/validate"],
      ["login", undefined, "https://b.example.com/kyc/jumio/validate"],
      ["recovery", undefined, "https://b.example.com/kyc/jumio/validate"],
    ],
  );
  assert.equal(hooks[0]?.hook.config?.["body"], inlineTemplate(TEMPLATES.initiate));
  assert.equal(hooks[6]?.hook.config?.["body"], inlineTemplate(TEMPLATES.validate));
});

Deno.test("readWantedHooks() keeps the lists of the flows if --methods selects methods", async () => {
  const hooks = await readHooks({ url: "http://bridge:3000", methods: "oidc" });

  assert.deepEqual(hooks.map(({ path }) => path.slice(2).join(".")), [
    "registration.after.oidc.hooks",
    "registration.after.hooks",
    "login.after.oidc.hooks",
    "login.after.hooks",
    "recovery.after.hooks",
  ]);
});

Deno.test("readWantedHooks() uses files for --templates", async () => {
  const [hook] = await readHooks({ url: "http://bridge:3000", templates: "file:///etc/k/" });

  assert.equal(hook?.hook.config?.["body"], "file:///etc/k/initiate.jsonnet");
});

for (
  const [name, flags, format, message] of [
    ["a missing address", {}, "kratos", /Set PUBLIC_URL/],
    ["an address of another scheme", { url: "ftp://x" }, "kratos", /must begin with http/],
    ["an address with a password", { url: "https://u:p@x" }, "kratos", /without a user name/],
    ["an address with a query", { url: "https://x?a" }, "kratos", /without a user name/],
    ["an unknown method", { url: "https://x", methods: "sms" }, "kratos", /list of password, oidc/],
    ["a path for templates", { url: "https://x", templates: "/etc" }, "kratos", /URL of a folder/],
    [
      "files on Ory Network",
      { url: "https://x", templates: "file:///etc" },
      "ory-cli",
      /accepts only inlined templates/,
    ],
  ] as const
) {
  Deno.test(`readWantedHooks() refuses ${name}`, async () => {
    await assert.rejects(
      readHooks(flags, { format }),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}
