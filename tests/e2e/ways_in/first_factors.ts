// SPDX-License-Identifier: Apache-2.0
import { Authenticator } from "./authenticator.ts";
import { readMailedCode } from "./mail.ts";
import type { Rig } from "./rig.ts";
import { type Answer, readMessages, type Visitor } from "./visitor.ts";
import { type Entry, identityOf, newEmail, PASSWORD, type Person, type WayIn } from "./way_in.ts";

/** Registers somebody by password. An app's visitor then has a session token, a browser a cookie. */
export async function registerByPassword(visitor: Visitor, email: string): Promise<string> {
  const flow = await visitor.open("registration");
  await visitor.submit(flow, { method: "password", password: PASSWORD, traits: { email } });
  return await identityOf(visitor);
}

/** Signs in by password, in a login flow of any kind. */
export async function signInByPassword(
  visitor: Visitor,
  { email, query = {} }: { email: string; query?: Readonly<Record<string, string>> },
): Promise<Answer> {
  const flow = await visitor.open("login", query);
  return await visitor.submit(flow, { method: "password", password: PASSWORD, identifier: email });
}

/** The end of a first factor: a visitor that had no session has one, or not. */
export async function conclude(visitor: Visitor, answer: Pick<Answer, "json">): Promise<Entry> {
  return { isIn: await visitor.whoami() !== undefined, messages: readMessages(answer) };
}

function byPassword(kind: "app" | "browser"): WayIn {
  return {
    async prepare(rig) {
      const email = newEmail();
      const identityId = await registerByPassword(rig[kind](), email);
      return {
        identityId,
        async enter() {
          const visitor = rig[kind]();
          return await conclude(visitor, await signInByPassword(visitor, { email }));
        },
      };
    },
  };
}

/** Registers by code and signs in by code, each time with the code of a mail. */
async function prepareCode(kind: "app" | "browser", rig: Rig): Promise<Person> {
  const email = newEmail();
  const newcomer = rig[kind]();
  const flow = await newcomer.open("registration");
  const form = { method: "code", traits: { email } };
  const sent = await newcomer.submit(flow, form);
  const code = await readMailedCode(rig.world, email);
  await newcomer.submit(await newcomer.read("registration", sent.json.id), { ...form, code });
  return {
    identityId: await identityOf(newcomer),
    enter: () => signInByCode(rig[kind](), { rig, email }),
  };
}

async function signInByCode(
  visitor: Visitor,
  { rig, email }: { rig: Rig; email: string },
): Promise<Entry> {
  const flow = await visitor.open("login");
  const form = { method: "code", identifier: email };
  await visitor.submit(flow, form);
  const code = await readMailedCode(rig.world, email);
  const answer = await visitor.submit(await visitor.read("login", flow.id), { ...form, code });
  return await conclude(visitor, answer);
}

async function preparePasskey(rig: Rig): Promise<Person> {
  const [email, authenticator, newcomer] = [newEmail(), new Authenticator(), rig.browser()];
  const flow = await newcomer.open("registration");
  const { credentialOptions } = JSON.parse(flow.input("passkey_create_data"));
  const credential = JSON.stringify(await authenticator.create(credentialOptions));
  const form = { method: "passkey", traits: { email }, "passkey_register": credential };
  await newcomer.submit(flow, form);
  return {
    identityId: await identityOf(newcomer),
    async enter() {
      const visitor = rig.browser();
      const login = await visitor.open("login");
      const assertion = await authenticator.get(JSON.parse(login.input("passkey_challenge")));
      const form = { method: "passkey", "passkey_login": JSON.stringify(assertion) };
      return await conclude(visitor, await visitor.submit(login, form));
    },
  };
}

async function prepareWebauthn(rig: Rig): Promise<Person> {
  const [email, authenticator, newcomer] = [newEmail(), new Authenticator(), rig.browser()];
  const flow = await newcomer.open("registration");
  const options = JSON.parse(flow.input("webauthn_register_trigger"));
  const credential = JSON.stringify(await authenticator.create(options));
  const form = { method: "webauthn", traits: { email }, "webauthn_register": credential };
  await newcomer.submit(flow, form);
  return {
    identityId: await identityOf(newcomer),
    async enter() {
      const visitor = rig.browser();
      const { id } = await visitor.open("login");
      const form = { method: "webauthn", identifier: email };
      // The first submission only shows the button for this person's authenticator.
      await visitor.submit(await visitor.read("login", id), form);
      const login = await visitor.read("login", id);
      const assertion = await authenticator.get(JSON.parse(login.input("webauthn_login_trigger")));
      const answer = await visitor
        .submit(login, { ...form, "webauthn_login": JSON.stringify(assertion) });
      return await conclude(visitor, answer);
    },
  };
}

export const FIRST_FACTORS: Readonly<Record<string, WayIn>> = {
  "password, in an app": byPassword("app"),
  "password, in a browser": byPassword("browser"),
  "code, in an app": { prepare: (rig) => prepareCode("app", rig) },
  "code, in a browser": { prepare: (rig) => prepareCode("browser", rig) },
  "code, by somebody who registered with a password": {
    async prepare(rig) {
      const email = newEmail();
      const identityId = await registerByPassword(rig.app(), email);
      return { identityId, enter: () => signInByCode(rig.app(), { rig, email }) };
    },
  },
  "passkey": { prepare: preparePasskey },
  "webauthn": { prepare: prepareWebauthn },
};
