// SPDX-License-Identifier: Apache-2.0
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
const BASE = { "identity_id": IDENTITY_ID, "flow_id": FLOW_ID, "accept_language": null };

const PENDING = { status: "pending", verdict: null, "account_id": null };

/** What both templates send as `jumio` for each `metadata_public`. */
const METADATA: readonly [name: string, metadataPublic: unknown, jumio: unknown][] = [
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

/** What both templates send as `accept_language` for each `request_headers`. */
const HEADERS: readonly [name: string, requestHeaders: unknown, acceptLanguage: string | null][] = [
  ["without the header", { "User-Agent": ["x"] }, null],
  ["with one value", { "Accept-Language": ["de-CH, fr;q=0.7"] }, "de-CH, fr;q=0.7"],
  ["with two values", { "Accept-Language": ["de", "fr"] }, "de"],
  ["with no value", { "Accept-Language": [] }, null],
  ["with a value that is no list", { "Accept-Language": "de" }, null],
  ["with a value that is no text", { "Accept-Language": [1] }, null],
  ["that are null", null, null],
  ["that are a list", ["Accept-Language"], null],
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

  for (const template of ["initiate", "validate"] as const) {
    for (const [name, metadataPublic, jumio] of METADATA) {
      test(`${template}.jsonnet survives metadata_public that is ${name}`, async () => {
        const rendered = await render(template, context({ "metadata_public": metadataPublic }));

        assert.deepEqual(rendered, { body: { ...BASE, jumio } });
      });
    }

    for (const [name, requestHeaders, acceptLanguage] of HEADERS) {
      test(`${template}.jsonnet survives request headers ${name}`, async () => {
        const ctx = { ...context({}), "request_headers": requestHeaders };

        const body = { ...BASE, "accept_language": acceptLanguage, jumio: null };
        assert.deepEqual(await render(template, ctx), { body });
      });
    }

    test(`${template}.jsonnet survives an identity without metadata_public`, async () => {
      assert.deepEqual(await render(template, context({})), { body: { ...BASE, jumio: null } });
    });
  }

  test("only validate.jsonnet cancels the call for a verified person", async () => {
    const jumio = { status: "verified" };
    const metadata = { jumio, "jumio_verification_status": "rejected" };
    const ctx = context({ "metadata_public": metadata });

    assert.equal(await render("validate", ctx), "cancel");
    assert.deepEqual(await render("initiate", ctx), { body: { ...BASE, jumio } });
  });

  for (const traits of TRAITS) {
    test(`both templates leave out traits such as ${JSON.stringify(traits)}`, async () => {
      const ctx = context({ traits, "metadata_public": { jumio: PENDING } });

      assert.deepEqual(await render("initiate", ctx), { body: { ...BASE, jumio: PENDING } });
      assert.deepEqual(await render("validate", ctx), { body: { ...BASE, jumio: PENDING } });
    });
  }

  test("both templates survive a flow without an id", async () => {
    const ctx = { ...context({ "metadata_public": null }), flow: {} };

    const body = { ...BASE, "flow_id": null, jumio: null };
    assert.deepEqual(await render("initiate", ctx), { body });
    assert.deepEqual(await render("validate", ctx), { body });
  });
}

const METHODS = ["code", "oidc", "passkey", "password", "webauthn"];

const document = await Deno.readTextFile(new URL("../../ory-actions.yaml", import.meta.url));
const { registration, login, recovery } = OryActions.parse(parse(document)).selfservice.flows;

Deno.test("ory-actions.yaml has the hooks under every method and in each flow's global list", () => {
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
