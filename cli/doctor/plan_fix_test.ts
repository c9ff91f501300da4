// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSecret } from "../../lib/crypto/secret.ts";
import { applyEdit, readPath } from "../kratos_config/edit.ts";
import type { FoundHook, WantedHook } from "../kratos_config/hook_lists.ts";
import type { HookExpectations } from "./check_hook.ts";
import { planFix } from "./plan_fix.ts";

const SECRET = "hook-secret-0123456789";
const LIST = ["selfservice", "flows", "login", "after", "password", "hooks"];

function createAuth(value: string): unknown {
  return { type: "api_key", config: { name: "X-Webhook-Secret", value, in: "header" } };
}

const OURS = {
  hook: "web_hook",
  config: {
    url: "https://bridge.example.com/jumio/validate",
    method: "POST",
    body: "wanted",
    auth: createAuth("${ORY_WEBHOOK_SECRET}"),
    can_interrupt: true,
  },
};

const WANTED: readonly WantedHook[] = ["password", "oidc"].map((method) => ({
  flow: "login",
  method,
  path: ["selfservice", "flows", "login", "after", method, "hooks"],
  hook: OURS,
}));

/** The hooks of sign-in by password after the repair. */
async function fix(changes: Record<string, unknown>, before: unknown[] = []): Promise<unknown> {
  const hook = { ...OURS, config: { ...OURS.config, auth: createAuth(SECRET), ...changes } };
  const config = {
    selfservice: { flows: { login: { after: { password: { hooks: [...before, hook] } } } } },
  };
  const expected: HookExpectations = {
    config,
    secrets: [createSecret(SECRET)],
    blockedStatuses: ["rejected"],
    templates: {
      initiate: "",
      validate: "local asked = ['none', 'pending', 'review', 'rejected', 'expired'];",
    },
    serviceUrl: new URL("https://bridge.example.com"),
    serviceHosts: ["bridge.example.com"],
    isNetwork: false,
  };
  const { edits } = await planFix({ expected, wanted: WANTED }, (uri) =>
    Promise.resolve(
      uri === "file:///elsewhere"
        ? { ok: false, reason: "unknown", why: "Cannot read it" }
        : { ok: true, text: uri === "good" ? expected.templates.validate : "other" },
    ));
  for (const edit of edits) applyEdit(config, edit);
  assert.equal(readPath(config, ["selfservice", "flows", "login", "after", "oidc"]), undefined);
  return readPath(config, LIST);
}

const RIGHT = { ...OURS.config, auth: createAuth(SECRET) };

for (
  const [name, changes, config] of [
    ["keeps a template and an address that are right", {
      url: "http://bridge:3000/jumio/validate",
      body: "good",
    }, { ...RIGHT, url: "http://bridge:3000/jumio/validate", body: "good" }],
    ["keeps a template that it cannot judge", { body: "file:///elsewhere" }, {
      ...RIGHT,
      body: "file:///elsewhere",
    }],
    ["replaces another template", { body: "x" }, RIGHT],
    ["corrects a wrong path in its place", { url: "https://bridge.example.com/jumio/x" }, RIGHT],
    ["corrects another host", { url: "https://old.example.com/jumio/validate" }, RIGHT],
    ["corrects http", { url: "http://bridge.example.com/jumio/validate" }, RIGHT],
    ["puts a reference in place of a wrong secret", { auth: createAuth("wrong") }, OURS.config],
    ["puts a reference where no secret is sent", { auth: undefined }, OURS.config],
    ["keeps a placeholder", { auth: createAuth("${OTHER}") }, {
      ...RIGHT,
      auth: createAuth("${OTHER}"),
    }],
  ] as const
) {
  Deno.test(`planFix() ${name}, and adds nothing for a method that is off`, async () => {
    const body = "body" in changes ? {} : { body: "wanted" };

    assert.deepEqual(await fix({ ...body, ...changes }), [{ hook: "web_hook", config }]);
  });
}

Deno.test("planFix() keeps foreign hooks", async () => {
  const foreign: Pick<FoundHook, "hook"> = { hook: "revoke_active_sessions" };

  assert.deepEqual(await fix({ method: "GET" }, [foreign]), [
    foreign,
    { hook: "web_hook", config: RIGHT },
  ]);
});
