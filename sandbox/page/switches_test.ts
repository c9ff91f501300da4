// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createJumioSimulator } from "../simulators/jumio/simulator.ts";
import { renderStandIn } from "../simulators/kratos/jsonnet.ts";
import { createKratosSimulator } from "../simulators/kratos/simulator.ts";
import { OryActions } from "../../cli/kratos_config/ory_actions.ts";
import { parseBlockableStatuses } from "../../lib/config/config.ts";
import { createSwitches } from "./switches.ts";

const ADA = { email: "ada@example.com" };

const ACTIONS = OryActions.parse({
  selfservice: {
    flows: {
      registration: { after: { password: { hooks: [hook("initiate")] } } },
      login: { after: {} },
      recovery: { after: {} },
    },
  },
});

/** Switches with simulators of their own, and the bodies that hooks sent. */
function create() {
  const bodies: Record<string, unknown>[] = [];
  const origin = "http://jumio";
  const jumio = createJumioSimulator({
    hosts: { auth: origin, account: origin, retrieval: origin, web: origin },
    fetch: () => Promise.resolve(new Response(null)),
    now: () => 0,
    clientId: "client",
    clientSecret: "secret",
  });
  const kratos = createKratosSimulator({
    actions: ACTIONS,
    publicUrl: "http://kratos",
    async fetch(input, init) {
      bodies.push(await new Request(input, init).json());
      return Response.json({});
    },
    render: renderStandIn,
    now: () => 0,
  });
  const state = { isKilled: false };
  const env: Record<string, string> = { "LOGIN_BLOCKED_STATUSES": "rejected" };
  const service = {
    env,
    set: (name: string, value: string) => Promise.resolve(void (env[name] = value)),
    isKilled: () => state.isKilled,
    kill: () => Promise.resolve(void (state.isKilled = true)),
    start: () => Promise.resolve(void (state.isKilled = false)),
    stop: () => Promise.resolve(),
    ended: new Promise<never>(() => {}),
  };
  const switches = createSwitches({ jumio, kratos, actions: ACTIONS, service });
  const find = (name: string) => switches.find((known) => known.name === name) ?? assert.fail(name);
  return { jumio, kratos, switches, find, bodies, env };
}

Deno.test("createSwitches() starts without faults and reads what was set", async () => {
  const { switches } = create();

  for (const { name, options, read, set } of switches) {
    assert.equal(read(), options[0]?.value, name);
    for (const { value } of [...options].reverse()) {
      await set(value);
      assert.equal(read(), value, name);
    }
  }
});

Deno.test("createSwitches() sets the faults of the simulators", async () => {
  const { jumio, kratos, find } = create();

  await find("jumio").set("slow");
  await find("callbacks").set("drop");
  await find("ory").set("down");

  assert.deepEqual([jumio.faults.isDown, jumio.faults.slowMs], [false, 4_500]);
  assert.equal(jumio.faults.callbacks, "drop");
  assert.equal(kratos.faults.isAdminDown, true);
});

Deno.test("createSwitches() has policies of sign-in that the service accepts", async () => {
  const { find, env } = create();
  const { options, set } = find("policy");

  for (const { value } of options) {
    await set(value);
    assert.equal(env["LOGIN_BLOCKED_STATUSES"], value);
    assert(parseBlockableStatuses(value.split(",")));
  }
});

Deno.test("createSwitches() makes the hook run before the identity has an id, and restores it", async () => {
  const { kratos, find, bodies } = create();

  await find("hook").set("wrong");
  await kratos.register(ADA);
  await find("hook").set("right");
  const { identityId } = await kratos.register({ email: "eve@example.com" });

  assert.equal(bodies[0]?.["identity_id"], "00000000-0000-0000-0000-000000000000");
  assert.equal(bodies[1]?.["identity_id"], identityId);
});

function hook(name: string) {
  const config = {
    url: `http://bridge/jumio/${name}`,
    method: "POST",
    body: `file:///${name}.jsonnet`,
    response: { ignore: false, parse: false },
  };
  return { hook: "web_hook", config };
}
