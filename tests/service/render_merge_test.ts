// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { operate, type OperatorRun } from "../support/operator.ts";

/**
 * A configuration with comments, blanks, anchors, aliases, merge keys, and values in every style. A
 * line `@name` is not in it: it is where the merge puts this hook of ours, or this list.
 */
const EXISTING = `%YAML 1.2
---
# kratos.yml of a shop      
version: v1.3.1   # pinned\t
x-crm: &crm   # a hook of the shop
  hook:    web_hook
  config: { url: "https://crm.example.com/seen",method: 'POST', body: file:///seen.jsonnet } # one line

x-defaults: &defaults {enabled: true,   config: {lifespan: 1h}}
courier:
    template_override_path: >-
      /etc/kratos
      /templates


selfservice:
  default_browser_return_url: &home https://shop.example.com/#top
  allowed_return_urls: [ *home , "https://shop.example.com" ]
  methods:
    password:
      <<: *defaults # like the others
    oidc: *defaults
    code: {enabled:   false}
  flows:
    registration:
      ui_url: *home
      after:   # at the end of a registration
        # only one device
        password: &after-registration
          hooks: # in this order
          - *crm   # first
            # the next one is ours
          @initiate

          - hook: session # sign in at once
        oidc:  *after-registration  # the same
        @global-initiate

    login:
      after:
        password: &sign-in
          hooks:
          @validate
          # before everything else
          - hook: revoke_active_sessions
        # the same list again
        oidc:
          <<: *sign-in
        @global-validate
    recovery:
      enabled: yes
      after:
        hooks: # none yet
        @validate-as-list
log:
  level:   debug   
  format: |
      json  

secrets: {cookie: ["a # b", 'it''s']}
...`;

/** The lines that replace each placeholder of {@linkcode EXISTING}. */
async function readInserted(): Promise<Record<string, unknown>> {
  const { stdout } = await render([]);
  const { registration, login } = parse(stdout).selfservice.flows;
  const [initiate] = registration.after.hooks;
  const [validate] = login.after.hooks;
  return {
    "initiate": [initiate],
    "global-initiate": { hooks: [initiate] },
    "validate": [validate],
    "validate-as-list": [validate],
    "global-validate": { hooks: [validate] },
  };
}

function render(
  args: readonly string[],
  options: Parameters<typeof operate>[1] = {},
): Promise<OperatorRun> {
  const always = ["--templates=file:///etc/kratos", "--methods=password,oidc"];
  return operate(["render", ...always, ...args], {
    env: { "PUBLIC_URL": "https://bridge.example.com" },
    ...options,
  });
}

function fillIn(text: string, inserted: Readonly<Record<string, unknown>>): string {
  return text.replace(/^( *)@([a-z-]+)\n/gm, (_line, indent: string, name: string) => {
    const value = inserted[name];
    if (value === undefined) return "";
    return stringify(value, { indentSeq: false, lineWidth: 0, aliasDuplicateObjects: false })
      .replace(/^/gm, indent).slice(0, -indent.length || undefined);
  });
}

for (
  const [name, change] of [
    ["", (text: string) => text],
    [" with CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
    [" with a byte order mark", (text: string) => `\uFEFF${text}`],
  ] as const
) {
  Deno.test(`operator render --merge keeps every other byte of a file${name}`, async () => {
    const existing = change(fillIn(EXISTING, {}));
    const expected = change(fillIn(EXISTING, await readInserted()));

    const { exitCode, stdout } = await render(["--merge", "-"], { stdin: existing });
    const again = await render(["--merge", "-"], { stdin: stdout });

    assert.equal(stdout, expected);
    assert.equal(exitCode, 0);
    assert.equal(again.stdout, expected);
  });
}

Deno.test("operator render --merge prints only blocks, says so and fails where bytes would be lost", async () => {
  const hook = "{ hook: web_hook, config: { url: https://x.example.com/jumio/validate } }";
  const stdin = `# mine
selfservice:
  flows:
    login:
      after:
        password:
          hooks:
            - ${hook} # the first
            - ${hook} # the second
`;

  const { exitCode, stdout, stderr } = await render(["--merge", "-"], { stdin });

  assert.equal(exitCode, 1);
  assert.match(stderr, /^This file cannot be changed without changing or losing other parts/);
  assert.match(stdout, /^# Only the settings that change, and not the whole file\nselfservice:\n/);
  assert.equal(parse(stdout).selfservice.flows.login.after.password.hooks.length, 1);
});
