// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { applyEdit, readPath } from "./edit.ts";
import type { FlowName, WantedHook } from "./hook_lists.ts";
import { planMerge } from "./merge.ts";

const AUTH = { type: "api_key", config: { name: "X-Webhook-Secret", value: "reference" } };

const REGISTRATION = {
  hook: "web_hook",
  config: {
    url: "https://bridge.example.com/jumio/initiate",
    method: "POST",
    body: "base64://new",
    auth: AUTH,
    response: { ignore: false, parse: false },
  },
};

const LOGIN = {
  hook: "web_hook",
  config: {
    url: "https://bridge.example.com/jumio/validate",
    method: "POST",
    body: "base64://new",
    auth: AUTH,
    can_interrupt: true,
  },
};

const SESSION = { hook: "session" };
const FOREIGN = {
  hook: "web_hook",
  config: { url: "https://crm.example.com/new", method: "POST" },
};

function place(flow: FlowName, method: string | undefined): WantedHook {
  const hook = flow === "registration" ? REGISTRATION : LOGIN;
  const path = ["selfservice", "flows", flow, "after", ...(method === undefined ? [] : [method])];
  return { flow, method, path: [...path, "hooks"], hook };
}

const PASSWORD = [place("registration", "password"), place("login", "password")];

/** Merges into a configuration, and asserts that a second merge changes nothing. */
function merge(
  config: unknown,
  wanted: readonly WantedHook[] = PASSWORD,
  isSameBody = (found: unknown, body: unknown) => found === body,
): { after: (flow: FlowName) => unknown; notes: readonly string[]; changes: number } {
  const merged = structuredClone(config);
  const plan = planMerge(config, { wanted, isSameBody });
  for (const edit of plan.edits) applyEdit(merged, edit);
  assert.deepEqual(planMerge(merged, { wanted, isSameBody }).edits, []);
  return {
    after: (flow) => readPath(merged, ["selfservice", "flows", flow, "after"]),
    notes: plan.notes,
    changes: plan.edits.length,
  };
}

const configure = (flow: FlowName, after: unknown) => ({
  selfservice: { flows: { [flow]: { after } } },
});

Deno.test("planMerge() adds the maps that are missing on the path to a list", () => {
  for (const config of [{}, { selfservice: null }, { selfservice: { flows: { login: null } } }]) {
    const { after } = merge(config);

    assert.deepEqual(after("registration"), { password: { hooks: [REGISTRATION] } });
    assert.deepEqual(after("login"), { password: { hooks: [LOGIN] } });
  }
});

Deno.test("planMerge() puts the registration hook after other hooks, but before session", () => {
  const hooks = [FOREIGN, SESSION];

  const { after } = merge(configure("registration", { password: { hooks } }));

  assert.deepEqual(after("registration"), {
    password: { hooks: [FOREIGN, REGISTRATION, SESSION] },
  });
});

Deno.test("planMerge() puts the sign-in hook before other hooks", () => {
  const { after } = merge(configure("login", { password: { hooks: [FOREIGN] } }));

  assert.deepEqual(after("login"), { password: { hooks: [LOGIN, FOREIGN] } });
});

Deno.test("planMerge() moves our hook before a session hook and keeps its secret", () => {
  const own = { ...REGISTRATION, config: { ...REGISTRATION.config, auth: { mine: 1 } } };

  const { after } = merge(configure("registration", { password: { hooks: [SESSION, own] } }));

  assert.deepEqual(after("registration"), { password: { hooks: [own, SESSION] } });
});

Deno.test("planMerge() does not change a correct hook of ours with additional settings", () => {
  const own = {
    hook: "web_hook",
    config: {
      ...LOGIN.config,
      can_interrupt: undefined,
      response: { parse: true },
      auth: { type: "basic_auth", config: { user: "u", password: "p" } },
      emit_analytics_event: false,
    },
  };

  const { changes } = merge(configure("login", { password: { hooks: [own] } }), [
    place("login", "password"),
  ]);

  assert.equal(changes, 0);
});

for (
  const [name, flow, wrong] of [
    ["response.parse at registration", "registration", { response: { parse: true } }],
    ["can_interrupt at registration", "registration", { can_interrupt: true }],
    ["an ignored answer at registration", "registration", { response: { ignore: true } }],
    ["missing can_interrupt at sign-in", "login", { can_interrupt: false }],
    ["an ignored answer at sign-in", "login", { can_interrupt: false, response: { ignore: true } }],
    ["an old address", "login", { url: "http://old:3000/jumio/validate" }],
    ["an old template", "login", { body: "base64://old" }],
  ] as const
) {
  Deno.test(`planMerge() corrects ${name} and keeps the place of the hook`, () => {
    const right = flow === "registration" ? REGISTRATION : LOGIN;
    const own = { hook: "web_hook", config: { ...right.config, ...wrong } };

    const { after } = merge(configure(flow, { password: { hooks: [own, FOREIGN] } }));

    assert.deepEqual(after(flow), { password: { hooks: [right, FOREIGN] } });
  });
}

Deno.test("planMerge() does not change the address of a template with the same content", () => {
  const own = { hook: "web_hook", config: { ...LOGIN.config, body: "file:///validate.jsonnet" } };
  const config = configure("login", { password: { hooks: [own] } });

  assert.equal(merge(config, [place("login", "password")], () => true).changes, 0);
});

Deno.test("planMerge() removes duplicates of our hook", () => {
  const hooks = [LOGIN, FOREIGN, LOGIN, LOGIN];

  const { after } = merge(configure("login", { password: { hooks } }));

  assert.deepEqual(after("login"), { password: { hooks: [LOGIN, FOREIGN] } });
});

Deno.test("planMerge() copies hooks of the global list to a new list of a method, with a note", () => {
  const early = { ...FOREIGN, config: { ...FOREIGN.config, can_interrupt: true } };
  const config = configure("registration", { hooks: [early, FOREIGN], password: { hooks: [] } });

  const { after, notes } = merge(config);

  assert.deepEqual(after("registration"), {
    hooks: [early, FOREIGN],
    password: { hooks: [FOREIGN, REGISTRATION] },
  });
  assert.match(notes.join(), /registration's global list were copied to the list of "password"/);
});

Deno.test("planMerge() corrects our hook in the global list and keeps it there", () => {
  const old = { ...LOGIN, config: { ...LOGIN.config, body: "base64://old" } };

  const { after } = merge(configure("login", { hooks: [FOREIGN, old] }));

  assert.deepEqual(after("login"), {
    hooks: [FOREIGN, LOGIN],
    password: { hooks: [LOGIN, FOREIGN] },
  });
});

Deno.test("planMerge() notes which hooks no longer run for oidc", () => {
  const config = configure("login", { hooks: [{ hook: "verification" }, FOREIGN] });

  const { after, notes } = merge(config, [place("login", "oidc")]);

  assert.deepEqual(readPath(after("login"), ["oidc", "hooks"]), [LOGIN, FOREIGN]);
  assert.match(notes.join(), /"verification" of login's global list no longer runs for "oidc"/);
});

Deno.test("planMerge() puts the hook of recovery into the global list", () => {
  const { after } = merge(configure("recovery", { hooks: [FOREIGN] }), [
    place("recovery", undefined),
  ]);

  assert.deepEqual(after("recovery"), { hooks: [LOGIN, FOREIGN] });
});

for (
  const [headers, left] of [
    [{ "Content-Type": "application/json; charset=utf-8" }, undefined],
    [{ "content-type": "text/plain", "X-Trace": "1" }, { "X-Trace": "1" }],
    [{ "Content-Type": "application/json" }, { "Content-Type": "application/json" }],
  ]
) {
  Deno.test(`planMerge() leaves the headers ${JSON.stringify(left)} of ${JSON.stringify(headers)}`, () => {
    const hook = { ...LOGIN, config: { ...LOGIN.config, headers } };
    const { after } = merge({
      selfservice: { flows: { login: { after: { password: { hooks: [hook] } } } } },
    });

    assert.deepEqual(readPath(after("login"), ["password", "hooks", 0, "config", "headers"]), left);
  });
}

Deno.test("planMerge() keeps an address that may stay", () => {
  const config = {
    selfservice: { flows: { login: { after: { password: { hooks: [LOGIN] } } } } },
  };
  const moved = place("login", "password");
  const wanted = [{
    ...moved,
    hook: { ...LOGIN, config: { ...LOGIN.config, url: "https://new.example.com/jumio/validate" } },
  }];

  const isSameBody = () => true;
  assert.equal(planMerge(config, { wanted, isSameBody }).edits.length, 1);
  assert.equal(planMerge(config, { wanted, isSameBody, isSameUrl: () => true }).edits.length, 0);
});
