// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { OryActions } from "../../../cli/kratos_config/ory_actions.ts";
import { call, createHook, createKratos } from "../../../tests/support/kratos_client.ts";

/** Hooks that name their list: those of `oidc`, and the global ones. */
const ACTIONS = OryActions.parse({
  selfservice: {
    flows: {
      registration: {
        after: {
          oidc: { hooks: [createHook("initiate", { url: "http://hooks/registration/oidc" })] },
          hooks: [createHook("initiate", { url: "http://hooks/registration" })],
        },
      },
      login: {
        after: {
          oidc: { hooks: [createHook("validate", { url: "http://hooks/login/oidc" })] },
          hooks: [createHook("validate", { url: "http://hooks/login" })],
        },
      },
      recovery: { after: {} },
    },
  },
});

const [LOGIN, LOGIN_OIDC] = ["http://hooks/login", "http://hooks/login/oidc"];
const REGISTRATION_OIDC = "http://hooks/registration/oidc";

/** Submits the same `id_token` in each flow, and returns the hooks of all. */
async function submit(...flows: string[]): Promise<string[]> {
  const { kratos, hookCalls } = createKratos({ actions: ACTIONS });
  const claims = btoa(JSON.stringify({ sub: "1", email: "ada@example.com" }));
  const body = { method: "oidc", provider: "google", "id_token": `header.${claims}.signature` };
  for (const flow of flows) {
    const opened = await call(kratos, `/self-service/${flow}/api`);
    const { id } = Object(opened.json);
    const answer = await call(kratos, `/self-service/${flow}?flow=${id}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200);
    assert.equal(typeof Object(answer.json)["session_token"], "string");
  }
  assert.equal(kratos.identities.size, 1);
  return hookCalls.map(({ url }) => url);
}

for (
  const [flows, hooks] of [
    [["registration", "login"], [REGISTRATION_OIDC, LOGIN]],
    [["login", "login"], [REGISTRATION_OIDC, LOGIN]],
    [["registration", "registration"], [REGISTRATION_OIDC, LOGIN_OIDC]],
  ] as const
) {
  Deno.test(`an id_token in a ${flows.join(" and then in a ")} runs the hooks that Kratos runs`, async () => {
    assert.deepEqual(await submit(...flows), hooks);
  });
}
