// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  callsUs,
  type FoundHook,
  globalListPath,
  listWantedHooks,
  listWrongHeaders,
  mayInterrupt,
  readHooks,
} from "./hook_lists.ts";
import { OryActions } from "./ory_actions.ts";

const HOOK = { hook: "web_hook", config: { url: "https://bridge.example.com/jumio/validate" } };

function createHook(config: Record<string, unknown>, hook = "web_hook"): FoundHook {
  return { hook, config, value: undefined };
}

Deno.test("listWantedHooks() lists hooks by flow and method, and the flow's global list last", () => {
  const flows = {
    registration: { after: { password: { hooks: [HOOK] } } },
    login: { after: { hooks: [HOOK], oidc: { hooks: [HOOK] } } },
    recovery: { after: { hooks: [HOOK] } },
  };

  const wanted = listWantedHooks(OryActions.parse({ selfservice: { flows } }));

  assert.deepEqual(
    wanted.map(({ flow, method, path }) => [flow, method, path.join(".")]),
    [
      ["registration", "password", "selfservice.flows.registration.after.password.hooks"],
      ["login", "oidc", "selfservice.flows.login.after.oidc.hooks"],
      ["login", undefined, "selfservice.flows.login.after.hooks"],
      ["recovery", undefined, "selfservice.flows.recovery.after.hooks"],
    ],
  );
});

Deno.test("readHooks() reads a list, and tolerates items of any form", () => {
  const after = { hooks: [HOOK, "text", { hook: "session", config: [] }] };
  const config = { selfservice: { flows: { login: { after } } } };

  assert.deepEqual(readHooks(config, globalListPath("login")), [
    { ...HOOK, value: HOOK },
    { hook: "undefined", config: {}, value: "text" },
    { hook: "session", config: {}, value: { hook: "session", config: [] } },
  ]);
});

for (const config of [{}, { selfservice: { flows: { login: { after: { hooks: "x" } } } } }]) {
  Deno.test(`readHooks() finds no hooks in ${JSON.stringify(config)}`, () => {
    assert.deepEqual(readHooks(config, globalListPath("login")), []);
  });
}

for (
  const [name, hook, expected] of [
    ["our path", createHook({ url: "https://x.example.com/jumio/validate" }), true],
    [
      "our path below another",
      createHook({ url: "https://x.example.com/a/jumio/validate/" }),
      true,
    ],
    [
      "the path of another flow",
      createHook({ url: "https://x.example.com/jumio/initiate" }),
      false,
    ],
    ["another hook type", createHook({ url: "https://x.example.com/jumio/validate" }, "s"), false],
    ["an invalid address", createHook({ url: "jumio/validate" }), false],
    ["no address", createHook({}), false],
  ] as const
) {
  Deno.test(`callsUs() is ${expected} for ${name}`, () => {
    assert.equal(callsUs(hook, "login"), expected);
  });
}

for (
  const [config, expected] of [
    [{}, false],
    [{ can_interrupt: true }, true],
    [{ can_interrupt: "true" }, false],
    [{ response: { parse: true } }, true],
    [{ response: { parse: false } }, false],
  ] as const
) {
  Deno.test(`mayInterrupt() is ${expected} for ${JSON.stringify(config)}`, () => {
    assert.equal(mayInterrupt(createHook(config)), expected);
  });
}

Deno.test("listWrongHeaders() finds what Kratos or the service refuses, in any case of letters", () => {
  const headers = {
    "CONTENT-TYPE": "application/json;charset=utf-8",
    "Content-Encoding": "gzip",
    "Accept": "text/plain",
  };

  assert.deepEqual(listWrongHeaders({ headers }), ["CONTENT-TYPE", "Content-Encoding"]);
  assert.deepEqual(listWrongHeaders({ headers: { "content-type": "application/json" } }), []);
  assert.deepEqual(listWrongHeaders({}), []);
});
