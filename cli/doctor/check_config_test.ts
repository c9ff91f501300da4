import assert from "node:assert/strict";
import type { WantedHook } from "../kratos_config/hook_lists.ts";
import { checkConfig } from "./check_config.ts";

const SERVICE = "https://bridge.example.com";

function createHook(path: string): { hook: string; config: Record<string, unknown> } {
  return {
    hook: "web_hook",
    config: {
      url: `${SERVICE}${path}`,
      method: "POST",
      auth: { type: "api_key", config: { name: "X-Webhook-Secret", value: "s", in: "header" } },
      body: "file:///template",
      ...(path === "/jumio/validate" ? { can_interrupt: true } : {}),
    },
  };
}

const INITIATE = createHook("/jumio/initiate");
const VALIDATE = createHook("/jumio/validate");
const SESSION = { hook: "session" };
const FOREIGN = { hook: "web_hook", config: { url: `${SERVICE}/crm` } };

const PLACES: readonly Omit<WantedHook, "path">[] = [
  { flow: "registration", method: "password", hook: INITIATE },
  { flow: "login", method: "password", hook: VALIDATE },
  { flow: "login", method: "oidc", hook: VALIDATE },
  { flow: "recovery", method: undefined, hook: VALIDATE },
];

const WANTED = PLACES.map((place): WantedHook => {
  const { flow, method } = place;
  const after = ["selfservice", "flows", flow, "after"];
  const path = [...after, ...(method === undefined ? [] : [method]), "hooks"];
  return { ...place, path };
});

interface Lists {
  readonly registration?: readonly unknown[];
  readonly login?: readonly unknown[];
  readonly global?: readonly unknown[];
  readonly recovery?: unknown;
  readonly methods?: unknown;
}

async function check(
  { registration = [INITIATE], login = [VALIDATE], global, recovery, methods = {} }: Lists,
  blockedStatuses: readonly "pending"[] = [],
): Promise<readonly (readonly [id: string, where: string])[]> {
  const flows = {
    registration: { after: { password: { hooks: registration } } },
    login: {
      after: { password: { hooks: login }, ...(global === undefined ? {} : { hooks: global }) },
    },
    ...(recovery === undefined ? {} : { recovery }),
  };
  const { findings } = await checkConfig({
    config: { selfservice: { flows, methods } },
    wanted: WANTED,
    secrets: undefined,
    blockedStatuses,
    templates: { initiate: "template", validate: "template" },
    isNetwork: false,
  }, {
    fetch: () => Promise.reject(new TypeError("This test has no network")),
    readFile: () => Promise.resolve("template"),
    resolve: () => Promise.reject(new Error("This test has no name server")),
  });
  return findings.map(({ id, where }) => [id, where.replace("selfservice.flows.", "")]);
}

const WRONG_PATH = { ...VALIDATE, config: { ...VALIDATE.config, url: `${SERVICE}/kyc/validate` } };

for (
  const [name, lists, findings] of [
    ["a complete configuration", {}, []],
    ["a foreign hook on our host", { login: [VALIDATE, FOREIGN] }, []],
    ["a disabled method", { methods: { oidc: { enabled: false } } }, []],
    ["disabled recovery", { recovery: { enabled: false } }, []],
    ["a missing hook", { login: [FOREIGN] }, [["hook_missing", "login.after.password.hooks"]]],
    [
      "a foreign hook that switches the global list off",
      { login: [FOREIGN], global: [VALIDATE] },
      [["hook_missing", "login.after.password.hooks"]],
    ],
    [
      "a missing hook of an enabled method",
      { methods: { oidc: { enabled: true } } },
      [["hook_missing", "login.after.oidc.hooks"]],
    ],
    [
      "a hook only in the global list",
      { login: [], global: [VALIDATE] },
      [["hook_in_global_list_only", "login.after.password.hooks"]],
    ],
    [
      "recovery without the hook",
      { recovery: { enabled: true } },
      [["hook_missing_on_recovery", "recovery.after.hooks"]],
    ],
    [
      "the hook twice",
      { login: [VALIDATE, VALIDATE] },
      [["hook_twice", "login.after.password.hooks"]],
    ],
    [
      "session before the hook",
      { registration: [SESSION, INITIATE] },
      [["session_before_hook", "registration.after.password.hooks"]],
    ],
    ["session after the hook", { registration: [INITIATE, SESSION] }, []],
    [
      "our hook with a wrong path",
      { login: [WRONG_PATH] },
      [["wrong_path", "login.after.password.hooks[0]"]],
    ],
  ] as const
) {
  Deno.test(`checkConfig() finds [${findings.map(([id]) => id)}] for ${name}`, async () => {
    assert.deepEqual(await check(lists), findings);
  });
}

Deno.test("checkConfig() finds session at registration while pending is blocked", async () => {
  const findings = await check({ registration: [INITIATE, SESSION] }, ["pending"]);

  assert.deepEqual(findings, [
    ["session_while_pending_blocked", "registration.after.password.hooks"],
  ]);
});
