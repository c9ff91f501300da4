// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readOryActions } from "./ory_actions.ts";

const VALUES = {
  serviceUrl: "http://127.0.0.1:3001",
  secret: 'a "secret": $& with signs',
  templatesUrl: "file:///templates",
};

const hook = (path: string) => `
            - hook: web_hook
              config:
                url: https://jumio-bridge.example.com${path}
                body: file:///etc/kratos/jumio-bridge/x.jsonnet
                auth: { value: CHANGE-ME-to-ORY_WEBHOOK_SECRET }`;

const DOCUMENT = `
selfservice:
  flows:
    registration:
      after:
        password:
          hooks: &hooks${hook("/jumio/initiate")}
        code: { hooks: *hooks }
    login: { after: {} }
    recovery: { after: { hooks: *hooks } }
`;

Deno.test("readOryActions() replaces every placeholder, also in lists that share an anchor", () => {
  const { registration, recovery } = readOryActions(DOCUMENT, VALUES).selfservice.flows;

  const lists = [
    registration.after["password"]?.hooks,
    registration.after["code"]?.hooks,
    recovery.after.hooks,
  ];
  for (const list of lists) {
    assert.deepEqual(list?.[0]?.config, {
      url: "http://127.0.0.1:3001/jumio/initiate",
      body: "file:///templates/x.jsonnet",
      auth: { value: VALUES.secret },
    });
  }
});

Deno.test("readOryActions() refuses a file without the placeholders", () => {
  const foreign = DOCUMENT.replaceAll("CHANGE-ME-to-ORY_WEBHOOK_SECRET", "filled-in");

  assert.throws(() => readOryActions(foreign, VALUES), /placeholders .*: secret/);
});
