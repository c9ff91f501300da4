// SPDX-License-Identifier: Apache-2.0
import { Authenticator } from "./authenticator.ts";
import { registerByPassword, signInByPassword } from "./first_factors.ts";
import { readMailedCode } from "./mail.ts";
import type { Rig } from "./rig.ts";
import { createTotp } from "./totp.ts";
import { type Answer, readMessages, type Visitor } from "./visitor.ts";
import { newEmail, PASSWORD, type Person, type WayIn } from "./way_in.ts";

/** Sets up a second factor, and returns what later passes it in a visitor of the same person. */
type SetUp = (owner: Visitor, context: { rig: Rig; email: string }) => Promise<PassFactor>;

type PassFactor = (visitor: Visitor) => Promise<Answer>;

/** How many sessions of one person are to be stepped up. */
const TRIES = 2;

/**
 * Somebody with sessions from before the verdict, each of which one try makes stronger: a first
 * factor would be refused after it.
 */
function steppingUp(kind: "app" | "browser", setUp: SetUp): WayIn {
  return {
    async prepare(rig): Promise<Person> {
      const email = newEmail();
      const owner = rig[kind]();
      const identityId = await registerByPassword(owner, email);
      const visitors: Visitor[] = [];
      for (let number = 0; number < TRIES; number++) {
        const visitor = rig[kind]();
        await signInByPassword(visitor, { email });
        visitors.push(visitor);
      }
      const pass = await setUp(owner, { rig, email });
      return {
        identityId,
        async enter() {
          const visitor = visitors.pop();
          if (visitor === undefined) throw new Error("There is no session left to step up");
          const answer = await pass(visitor);
          const { aal } = await visitor.whoami() ?? {};
          return { isIn: aal === "aal2", messages: readMessages(answer) };
        },
      };
    },
  };
}

/** The text of a node that is not an input. */
function findText(json: unknown, id: string): string {
  const nodes: { attributes: { id?: string; text?: { text: string } } }[] = Object(json).ui.nodes;
  const found = nodes.find(({ attributes }) => attributes.id === id)?.attributes.text?.text;
  if (found === undefined) throw new Error(`No text ${id} in ${JSON.stringify(json)}`);
  return found;
}

async function setUpTotp(owner: Visitor): Promise<PassFactor> {
  const settings = await owner.open("settings");
  const secret = findText(settings.json, "totp_secret_key");
  await owner.submit(settings, { method: "totp", "totp_code": await createTotp(secret) });
  return async (visitor) => {
    const flow = await visitor.open("login", { aal: "aal2" });
    return await visitor.submit(flow, { method: "totp", "totp_code": await createTotp(secret) });
  };
}

async function setUpLookup(owner: Visitor): Promise<PassFactor> {
  const settings = await owner.open("settings");
  const form = { method: "lookup_secret", "lookup_secret_regenerate": true };
  const { json } = await owner.submit(settings, form);
  const codes = findText(json, "lookup_secret_codes").split(/[,\s]+/);
  await owner.submit(
    await owner.read("settings", settings.id),
    { method: "lookup_secret", "lookup_secret_confirm": true },
  );
  return async (visitor) => {
    const flow = await visitor.open("login", { aal: "aal2" });
    return await visitor.submit(flow, { method: "lookup_secret", "lookup_secret": codes.pop() });
  };
}

async function setUpWebauthn(
  owner: Visitor,
  { email }: { email: string },
): Promise<PassFactor> {
  const authenticator = new Authenticator();
  const settings = await owner.open("settings");
  const options = JSON.parse(settings.input("webauthn_register_trigger"));
  const credential = JSON.stringify(await authenticator.create(options));
  await owner.submit(settings, {
    method: "webauthn",
    "webauthn_register": credential,
    "webauthn_register_displayname": "key",
  });
  return async (visitor) => {
    const flow = await visitor.open("login", { aal: "aal2" });
    const assertion = await authenticator.get(JSON.parse(flow.input("webauthn_login_trigger")));
    return await visitor.submit(flow, {
      method: "webauthn",
      identifier: email,
      "webauthn_login": JSON.stringify(assertion),
    });
  };
}

function setUpCode(
  _owner: Visitor,
  { rig, email }: { rig: Rig; email: string },
): Promise<PassFactor> {
  return Promise.resolve(async (visitor) => {
    const flow = await visitor.open("login", { aal: "aal2", via: "email" });
    const form = { method: "code", identifier: email };
    await visitor.submit(flow, form);
    const code = await readMailedCode(rig.world, email);
    return await visitor.submit(await visitor.read("login", flow.id), { ...form, code });
  });
}

/** A session that its person makes fresh again, before they change their password for example. */
function refreshing(kind: "app" | "browser"): WayIn {
  return {
    async prepare(rig) {
      const email = newEmail();
      const visitor = rig[kind]();
      const identityId = await registerByPassword(visitor, email);
      return {
        identityId,
        async enter() {
          const before = await visitor.whoami();
          const flow = await visitor.open("login", { refresh: "true" });
          const form = { method: "password", password: PASSWORD, identifier: email };
          const answer = await visitor.submit(flow, form);
          const after = await visitor.whoami();
          const isIn = after?.authenticatedAt !== before?.authenticatedAt;
          return { isIn, messages: readMessages(answer) };
        },
      };
    },
  };
}

export const STEP_UPS: Readonly<Record<string, WayIn>> = {
  "totp as a second factor, in an app": steppingUp("app", setUpTotp),
  "totp as a second factor, in a browser": steppingUp("browser", setUpTotp),
  "lookup_secret as a second factor": steppingUp("app", setUpLookup),
  "refresh of a session, in an app": refreshing("app"),
  "refresh of a session, in a browser": refreshing("browser"),
};

/** Second factors of a Kratos that does not use them as a first one. */
export const OTHER_STEP_UPS: Readonly<Record<string, WayIn>> = {
  "webauthn as a second factor": steppingUp("browser", setUpWebauthn),
  "code as a second factor, in an app": steppingUp("app", setUpCode),
  "code as a second factor, in a browser": steppingUp("browser", setUpCode),
};
