// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { WantedHook } from "../kratos_config/hook_lists.ts";
import { readTemplate } from "../kratos_config/templates.ts";
import { checkConfig, listServiceHosts } from "./check_config.ts";

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

const TEMPLATE = "local asked = ['none', 'pending', 'review', 'rejected', 'expired'];";

const PLACES: readonly Omit<WantedHook, "path">[] = [
  { flow: "registration", method: "password", hook: INITIATE },
  { flow: "registration", method: undefined, hook: INITIATE },
  { flow: "login", method: "password", hook: VALIDATE },
  { flow: "login", method: "oidc", hook: VALIDATE },
  { flow: "login", method: undefined, hook: VALIDATE },
  { flow: "recovery", method: undefined, hook: VALIDATE },
];

const WANTED = PLACES.map((place): WantedHook => {
  const { flow, method } = place;
  const after = ["selfservice", "flows", flow, "after"];
  const path = [...after, ...(method === undefined ? [] : [method]), "hooks"];
  return { ...place, path };
});

interface Lists {
  /** The list of the method password. */
  readonly registration?: readonly unknown[];
  /** The list of the method password. */
  readonly login?: readonly unknown[];
  readonly registrationFlow?: readonly unknown[];
  readonly loginFlow?: readonly unknown[];
  /** The list of a method that ory-actions.yaml does not have. */
  readonly saml?: readonly unknown[];
  readonly recovery?: unknown;
  readonly methods?: unknown;
}

async function check(
  {
    registration = [INITIATE],
    login = [VALIDATE],
    registrationFlow = [INITIATE],
    loginFlow = [VALIDATE],
    saml,
    recovery,
    methods = {},
  }: Lists,
  blockedStatuses: readonly "pending"[] = [],
): Promise<readonly (readonly [id: string, where: string])[]> {
  const flows = {
    registration: { after: { password: { hooks: registration }, hooks: registrationFlow } },
    login: {
      after: {
        password: { hooks: login },
        ...(saml === undefined ? {} : { saml: { hooks: saml } }),
        hooks: loginFlow,
      },
    },
    ...(recovery === undefined ? {} : { recovery }),
  };
  const { findings } = await checkConfig({
    config: { selfservice: { flows, methods } },
    wanted: WANTED,
    secrets: undefined,
    blockedStatuses,
    templates: { initiate: TEMPLATE, validate: TEMPLATE },
    serviceUrl: undefined,
    serviceHosts: [],
    isNetwork: false,
    claims: "{}",
  }, {
    readTemplate: (uri) =>
      readTemplate(uri, {
        fetch: () => Promise.reject(new TypeError("This test has no network")),
        readFile: () => Promise.resolve(TEMPLATE),
      }),
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
    [
      "a hook in no list of the flow",
      { login: [], loginFlow: [] },
      [["hook_missing", "login.after.password.hooks"], [
        "hook_missing_in_global_list",
        "login.after.hooks",
      ]],
    ],
    [
      "a flow's global list without the hook at sign-in",
      { loginFlow: [] },
      [["hook_missing_in_global_list", "login.after.hooks"]],
    ],
    [
      "a flow's global list without the hook at registration",
      { registrationFlow: [SESSION] },
      [["hook_missing_in_global_list", "registration.after.hooks"]],
    ],
    [
      "a foreign hook in the list of a method that we do not know",
      { saml: [FOREIGN], methods: { saml: { enabled: true } } },
      [["hook_missing", "login.after.saml.hooks"]],
    ],
    ["our hook in such a list", { saml: [VALIDATE], methods: { saml: { enabled: true } } }, []],
    ["such a list of a disabled method", { saml: [FOREIGN] }, []],
    [
      "a foreign hook that switches the flow's global list off",
      { login: [FOREIGN] },
      [["hook_missing", "login.after.password.hooks"]],
    ],
    [
      "an enabled method without a list",
      { methods: { oidc: { enabled: true } } },
      [["hook_in_global_list_only", "login.after.oidc.hooks"]],
    ],
    [
      "a hook only in the flow's global list",
      { login: [] },
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

Deno.test("checkConfig() finds a mapper that replaces metadata_public at each sign-in", async () => {
  const provider = {
    "mapper_url": `base64://${btoa("{ identity: { metadata_public: {} } }")}`,
    "update_identity_on_login": "automatic",
  };

  const findings = await check({ methods: { oidc: { config: { providers: [provider] } } } });

  assert.deepEqual(findings, [
    ["mapper_replaces_metadata", "selfservice.methods.oidc.config.providers[0]"],
  ]);
});

Deno.test("checkConfig() finds a template in a file on Ory Network", async () => {
  const { findings } = await checkConfig({
    config: { selfservice: { flows: { recovery: { after: { hooks: [VALIDATE] } } } } },
    wanted: [],
    secrets: undefined,
    blockedStatuses: [],
    templates: { initiate: TEMPLATE, validate: TEMPLATE },
    serviceUrl: undefined,
    serviceHosts: [],
    isNetwork: true,
    claims: "{}",
  }, {
    readTemplate: () => Promise.resolve({ ok: true, text: TEMPLATE }),
    resolve: () => Promise.resolve(["203.0.113.9"]),
  });

  assert.deepEqual(findings.map(({ id }) => id), ["template_not_found"]);
});

Deno.test("listServiceHosts() takes the known hosts, or the one that most hooks call", () => {
  const to = (host: string) => ({ ...VALIDATE, config: { url: `${host}/jumio/validate` } });
  const hooks = [to("https://old.example.com"), VALIDATE, VALIDATE, to("http://bridge:3000")];
  const config = { selfservice: { flows: { recovery: { after: { hooks } } } } };

  assert.deepEqual(listServiceHosts(config, [new URL("https://a.example.com:8443"), undefined]), [
    "a.example.com:8443",
  ]);
  assert.deepEqual(listServiceHosts(config, []), ["bridge.example.com"]);
  assert.deepEqual(listServiceHosts({}, []), []);
});
