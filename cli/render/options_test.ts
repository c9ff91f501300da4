import assert from "node:assert/strict";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { readRenderFile, TEMPLATES } from "../../tests/support/render_files.ts";
import { type Arguments, UsageError } from "../frame/command.ts";
import { inlineTemplate } from "../kratos_config/templates.ts";
import {
  readAskOnlyStatuses,
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
  assert.equal(readFormat("json-patch"), "json-patch");
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

Deno.test("readAskOnlyStatuses() reads statuses that include every blocked one", () => {
  const { runtime: { env } } = createTestRuntime();

  assert.equal(readAskOnlyStatuses(createArguments(), { env }), undefined);
  assert.deepEqual(
    readAskOnlyStatuses(createArguments({ "ask-only": "rejected,review" }), { env }),
    ["review", "rejected"],
  );
});

Deno.test("readAskOnlyStatuses() refuses to omit a blocked status", () => {
  const env = { "LOGIN_BLOCKED_STATUSES": "rejected,expired" };

  assert.throws(
    () => readAskOnlyStatuses(createArguments({ "ask-only": "rejected" }), { env }),
    /omits expired, which LOGIN_BLOCKED_STATUSES blocks/,
  );
});

Deno.test("readTemplates() applies --ask-only to the validate template only", async () => {
  const { initiate, validate } = await readTemplates(["rejected"], { readFile: readRenderFile });

  assert.equal(initiate, TEMPLATES.initiate);
  assert.match(validate, /^local askOnly = \['rejected'\];$/m);
});

Deno.test("readWantedHooks() inlines the template of each hook", async () => {
  const hooks = await readHooks({}, { env: { "PUBLIC_URL": "https://b.example.com/kyc/" } });

  assert.deepEqual(
    hooks.map(({ flow, method, hook }) => [flow, method, hook.config?.["url"]]),
    [
      ["registration", "password", "https://b.example.com/kyc/jumio/initiate"],
      ["registration", "oidc", "https://b.example.com/kyc/jumio/initiate"],
      ["login", "password", "https://b.example.com/kyc/jumio/validate"],
      ["login", "oidc", "https://b.example.com/kyc/jumio/validate"],
      ["recovery", undefined, "https://b.example.com/kyc/jumio/validate"],
    ],
  );
  assert.equal(hooks[0]?.hook.config?.["body"], inlineTemplate(TEMPLATES.initiate));
  assert.equal(hooks[4]?.hook.config?.["body"], inlineTemplate(TEMPLATES.validate));
});

Deno.test("readWantedHooks() keeps recovery if --methods selects other methods", async () => {
  const hooks = await readHooks({ url: "http://bridge:3000", methods: "oidc" });

  assert.deepEqual(hooks.map(({ method }) => method), ["oidc", "oidc", undefined]);
});

Deno.test("readWantedHooks() uses files for --templates", async () => {
  const [hook] = await readHooks({ url: "http://bridge:3000", templates: "file:///etc/k/" });

  assert.equal(hook?.hook.config?.["body"], "file:///etc/k/initiate.jsonnet");
});

for (
  const [name, flags, format, message] of [
    ["a missing address", {}, "kratos", /Set PUBLIC_URL/],
    ["an address of another scheme", { url: "ftp://x" }, "kratos", /must begin with https/],
    ["an address with a password", { url: "https://u:p@x" }, "kratos", /must not have a user/],
    ["an address with a query", { url: "https://x?a" }, "kratos", /must not have a user/],
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
