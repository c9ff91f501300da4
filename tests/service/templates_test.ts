import assert from "node:assert/strict";
import { parse } from "yaml";
import {
  createJsonnet,
  findJsonnet,
  type HookContext,
  JSONNET_CURE,
  renderStandIn,
} from "../../sandbox/simulators/kratos/jsonnet.ts";
import { OryActions } from "../../cli/kratos_config/ory_actions.ts";

const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const FLOW_ID = "f1a3c0de-0000-4000-8000-000000000001";
const BASE = { "identity_id": IDENTITY_ID, "flow_id": FLOW_ID };

const PENDING = { status: "pending", verdict: null, "account_id": null };

/** What the validate template makes of `metadata_public`. */
const VALIDATE: readonly [name: string, metadataPublic: unknown, jumio: unknown][] = [
  ["null", null, null],
  ["empty", {}, null],
  ["a string", "x", null],
  ["a list", [1], null],
  ["jumio null", { jumio: null }, null],
  ["jumio a string", { jumio: "verified" }, null],
  ["jumio a list", { jumio: [{ status: "verified" }] }, null],
  ["jumio a number", { jumio: 1 }, null],
  ["jumio without a status", { jumio: {} }, {}],
  ["jumio with a status that is a number", { jumio: { status: 1 } }, { status: 1 }],
  ["pending", { jumio: PENDING }, PENDING],
  ["rejected", { jumio: { status: "rejected" } }, { status: "rejected" }],
  ["other keys beside it", { jumio: PENDING, plan: "gold", ssn: "no" }, PENDING],
  ["the sample's rejected", { "jumio_verification_status": "rejected" }, { status: "rejected" }],
  ["the sample's rejected and jumio null", {
    "jumio_verification_status": "rejected",
    jumio: null,
  }, { status: "rejected" }],
  ["the sample's approved", { "jumio_verification_status": "approved" }, null],
  ["the sample's key of another shape", { "jumio_verification_status": { a: 1 } }, null],
  ["the sample's rejected beside our own", {
    "jumio_verification_status": "rejected",
    jumio: PENDING,
  }, PENDING],
];

const TRAITS: readonly unknown[] = [
  null,
  "ada@example.com",
  { email: "ada@example.com", name: { first: 'A"d\\a', last: "{{}}" } },
  [["x"]],
];

const program = await findJsonnet();
const real = program === undefined
  ? () => Promise.reject(new Error(`There is no Jsonnet: ${JSONNET_CURE}`))
  : createJsonnet(program, new URL("../../jsonnet/", import.meta.url));
const hint = program === undefined ? ` (skipped: ${JSONNET_CURE})` : "";

for (
  const [by, render, ignore] of [
    ["Jsonnet", real, program === undefined],
    ["the stand-in", renderStandIn, false],
  ] as const
) {
  const test = (name: string, fn: () => Promise<void>) =>
    Deno.test({ name: `${name}, by ${by}${ignore ? hint : ""}`, ignore, fn });

  for (const [name, metadataPublic, jumio] of VALIDATE) {
    test(`validate.jsonnet survives metadata_public that is ${name}`, async () => {
      const rendered = await render("validate", context({ "metadata_public": metadataPublic }));

      assert.deepEqual(rendered, { body: { ...BASE, jumio } });
    });
  }

  test("validate.jsonnet survives an identity without metadata_public", async () => {
    assert.deepEqual(await render("validate", context({})), { body: { ...BASE, jumio: null } });
  });

  test("validate.jsonnet cancels the call for who is verified", async () => {
    const metadata = { jumio: { status: "verified" }, "jumio_verification_status": "rejected" };

    assert.equal(await render("validate", context({ "metadata_public": metadata })), "cancel");
  });

  for (const traits of TRAITS) {
    test(`both templates leave out traits such as ${JSON.stringify(traits)}`, async () => {
      const ctx = context({ traits, "metadata_public": { jumio: PENDING } });

      assert.deepEqual(await render("initiate", ctx), { body: BASE });
      assert.deepEqual(await render("validate", ctx), { body: { ...BASE, jumio: PENDING } });
    });
  }

  test("both templates survive a flow without an id", async () => {
    const ctx = { ...context({ "metadata_public": null }), flow: {} };

    const body = { ...BASE, "flow_id": null };
    assert.deepEqual(await render("initiate", ctx), { body });
    assert.deepEqual(await render("validate", ctx), { body: { ...body, jumio: null } });
  });
}

const METHODS = ["code", "oidc", "passkey", "password", "webauthn"];

const document = await Deno.readTextFile(new URL("../../ory-actions.yaml", import.meta.url));
const { registration, login, recovery } = OryActions.parse(parse(document)).selfservice.flows;

Deno.test("ory-actions.yaml has the hooks under every method and in each flow's own list", () => {
  const lists = [...METHODS, "hooks"];
  assert.deepEqual(Object.keys(registration.after).sort(), lists.toSorted());
  assert.deepEqual(Object.keys(login.after).sort(), [...lists, "lookup_secret", "totp"].sort());
  assert.deepEqual(Object.keys(recovery.after), ["hooks"]);
});

Deno.test("ory-actions.yaml runs the registration hook after the identity is stored", () => {
  const lists = Object.values(registration.after).map((list) =>
    Array.isArray(list) ? list : list?.hooks ?? []
  );

  for (const hooks of lists) {
    assert.deepEqual(hooks.map(({ hook }) => hook), ["web_hook"]);
    const config = hooks[0]?.config ?? {};
    assert.deepEqual(config["response"], { ignore: false, parse: false });
    assert(!("can_interrupt" in config));
    assert.equal(config["url"], "https://jumio-bridge.example.com/jumio/initiate");
  }
});

Deno.test("ory-actions.yaml lets sign-in and recovery be refused, with a text", () => {
  const lists = [...Object.values(login.after), recovery.after].map((list) =>
    Array.isArray(list) ? list : list?.hooks ?? []
  );

  for (const hooks of lists) {
    assert.deepEqual(hooks.map(({ hook }) => hook), ["web_hook"]);
    const config = hooks[0]?.config ?? {};
    assert.equal(config["can_interrupt"], true);
    assert(!("response" in config));
    assert.equal(config["url"], "https://jumio-bridge.example.com/jumio/validate");
  }
});

Deno.test("ory-actions.yaml uses nothing that an older Kratos does not know", () => {
  const known = ["auth", "body", "can_interrupt", "method", "response", "url"];
  const hooks = [registration, login].flatMap(({ after }) =>
    Object.values(after).flatMap((list) => Array.isArray(list) ? list : list?.hooks ?? [])
  );

  for (const { config = {} } of hooks) {
    assert.deepEqual(Object.keys(config).filter((key) => !known.includes(key)), []);
    assert.equal(config["method"], "POST");
    assert(URL.canParse(String(config["body"])));
  }
});

/** What Kratos hands to a template, as far as ours look, and some that they must not. */
function context(identity: Record<string, unknown>): HookContext {
  return { identity: { id: IDENTITY_ID, ...identity }, flow: { id: FLOW_ID } };
}
