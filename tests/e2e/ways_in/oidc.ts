// SPDX-License-Identifier: Apache-2.0
import { conclude, registerByPassword } from "./first_factors.ts";
import { UI } from "./kratos_config.ts";
import type { Claims } from "./oidc_issuer.ts";
import type { Rig } from "./rig.ts";
import type { FlowName, Visitor } from "./visitor.ts";
import { type Entry, identityOf, newEmail, PASSWORD, type Person, type WayIn } from "./way_in.ts";

type EntryFlow = Extract<FlowName, "registration" | "login">;

/** Goes to the issuer and back, by redirects of the browser. */
async function enterByRedirect(
  flowName: EntryFlow,
  { rig, claims }: { rig: Rig; claims: Claims },
): Promise<{ entry: Entry; visitor: Visitor }> {
  const visitor = rig.browser();
  const end = await redirect(visitor, { flowName, rig, claims });
  const flowId = end.searchParams.get("flow");
  const json = flowId === null ? {} : (await visitor.read("login", flowId)).json;
  return { entry: await conclude(visitor, { json }), visitor };
}

/** Returns the application's page that the browser ends on. */
async function redirect(
  visitor: Visitor,
  { flowName, rig, claims }: { flowName: EntryFlow; rig: Rig; claims: Claims },
): Promise<URL> {
  rig.issuer.person = claims;
  const flow = await visitor.open(flowName);
  const { json } = await visitor.submit(flow, { method: "oidc", provider: "corp" });
  return await visitor.follow(json["redirect_browser_to"]);
}

/** An app that opens a browser for the issuer, and exchanges two codes for a session token. */
async function enterByExchange({ rig, claims }: { rig: Rig; claims: Claims }): Promise<Entry> {
  const app = rig.app();
  rig.issuer.person = claims;
  const query = { "return_session_token_exchange_code": "true", "return_to": `${UI}/app` };
  const flow = await app.open("login", query);
  const { json } = await app.submit(flow, { method: "oidc", provider: "corp" });
  const end = await rig.browser().follow(json["redirect_browser_to"]);
  const codes = new URLSearchParams({
    "init_code": flow.json["session_token_exchange_code"],
    "return_to_code": end.searchParams.get("code") ?? "",
  });
  const exchange = `${rig.world.kratos.publicUrl}/sessions/token-exchange?${codes}`;
  const answer = await app.request(exchange);
  app.token = answer.json["session_token"];
  // A refusal is on the flow; the app reads it there.
  const refused = app.token === undefined ? (await app.read("login", flow.id)).json : {};
  return await conclude(app, { json: refused });
}

/** Sends an `id_token` that the phone's own dialogue gave, as Sign in with Google does. */
async function enterByIdToken(
  flowName: EntryFlow,
  { rig, claims, kind }: { rig: Rig; claims: Claims; kind: "app" | "browser" },
): Promise<{ entry: Entry; visitor: Visitor }> {
  const visitor = rig[kind]();
  const flow = await visitor.open(flowName);
  const token = await rig.google.idToken(claims);
  const form = { method: "oidc", provider: "google", "id_token": token };
  return { entry: await conclude(visitor, await visitor.submit(flow, form)), visitor };
}

function newClaims(): Claims {
  return { sub: crypto.randomUUID(), email: newEmail() };
}

/** A way by redirect: which flow registers the person, and which one they use later. */
function byRedirect(first: EntryFlow, later: EntryFlow): WayIn {
  return {
    async prepare(rig) {
      const claims = newClaims();
      const { visitor } = await enterByRedirect(first, { rig, claims });
      return {
        identityId: await identityOf(visitor),
        enter: async () => (await enterByRedirect(later, { rig, claims })).entry,
      };
    },
  };
}

function byIdToken(
  kind: "app" | "browser",
  { first, later }: { first: EntryFlow; later: EntryFlow },
): WayIn {
  return {
    async prepare(rig) {
      const claims = newClaims();
      const { visitor } = await enterByIdToken(first, { rig, claims, kind });
      return {
        identityId: await identityOf(visitor),
        enter: async () => (await enterByIdToken(later, { rig, claims, kind })).entry,
      };
    },
  };
}

/** Signs in at the issuer with the address of an account that has a password, and then with it. */
async function prepareLinking(rig: Rig): Promise<Person> {
  const email = newEmail();
  const identityId = await registerByPassword(rig.app(), email);
  return {
    identityId,
    async enter() {
      const visitor = rig.browser();
      const claims = { sub: crypto.randomUUID(), email };
      const page = await redirect(visitor, { flowName: "login", rig, claims });
      const flow = await visitor.read("login", page.searchParams.get("flow") ?? "");
      const form = { method: "password", password: PASSWORD, identifier: email };
      return await conclude(visitor, await visitor.submit(flow, form));
    },
  };
}

const LOGIN = { first: "registration", later: "login" } as const;
const LOGIN_TWICE = { first: "login", later: "login" } as const;
const REGISTRATION_TWICE = { first: "registration", later: "registration" } as const;

export const OIDC: Readonly<Record<string, WayIn>> = {
  "OIDC by redirect": byRedirect("registration", "login"),
  "OIDC by redirect, a login that turns into a registration": byRedirect("login", "login"),
  "OIDC by redirect, a registration that turns into a login": byRedirect(
    "registration",
    "registration",
  ),
  "OIDC by redirect, in an app with exchange codes": {
    async prepare(rig) {
      const claims = newClaims();
      const { visitor } = await enterByRedirect("registration", { rig, claims });
      return {
        identityId: await identityOf(visitor),
        enter: () => enterByExchange({ rig, claims }),
      };
    },
  },
  "OIDC by id_token, in an app": byIdToken("app", LOGIN),
  "OIDC by id_token, in a browser": byIdToken("browser", LOGIN),
  "OIDC by id_token, a login that turns into a registration": byIdToken("app", LOGIN_TWICE),
  "OIDC by id_token, a registration that turns into a login": byIdToken("app", REGISTRATION_TWICE),
  "a password that links an OIDC account": { prepare: prepareLinking },
};
