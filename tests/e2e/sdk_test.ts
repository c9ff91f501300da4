// SPDX-License-Identifier: Apache-2.0
/**
 * Ory's own SDK, unchanged, against a real Kratos and against the simulator. What works here works
 * for an application that is developed against the sandbox.
 */
import assert from "node:assert/strict";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import {
  createNativeSdk,
  openBrowser,
  PASSWORD,
  readCsrfToken,
  refusalOf,
  signIn,
  signOut,
  signUp,
} from "./sdk.ts";
import { createWorld, type KratosKind, type World } from "./world.ts";

const APP_URL = "http://127.0.0.1:4455";

const createEmail = () => `${crypto.randomUUID()}@example.com`;

const STEPS: Readonly<Record<string, (world: World) => Promise<void>>> = {
  async "a browser signs up, is known, and signs out"(world) {
    const email = createEmail();
    const browser = openBrowser(world);

    const id = await signUp(browser, email);
    const session = await browser.ory.toSession();
    await signOut(browser);

    assert.equal(session.identity?.id, id);
    assert.deepEqual(session.identity?.traits, { email });
    assert.equal(session.active, true);
    assert(session.expires_at !== undefined && session.expires_at.getTime() > Date.now());
    assert.equal((await refusalOf(browser.ory.toSession())).status, 401);
    assert(!browser.cookies.has("ory_kratos_session"));
    const again = await refusalOf(browser.ory.createBrowserLogoutFlow());
    assert.deepEqual([again.status, again.body.error?.id], [401, "session_inactive"]);
  },

  async "a browser signs in again, and sees the status of its verification"(world) {
    const email = createEmail();
    const id = await signUp(openBrowser(world), email);
    await waitUntil(
      "the metadata is written",
      async () => (await world.ory.identity(id))?.jumio["status"] === "pending",
    );

    const browser = openBrowser(world);
    assert.equal(await signIn(browser, email), id);

    const { identity } = await browser.ory.toSession();
    assert.equal(Object(identity?.metadata_public).jumio.status, "pending");
  },

  async "a wrong password is refused with the form, the address and a message"(world) {
    const email = createEmail();
    await signUp(openBrowser(world), email);

    const { status, body } = await refusalOf(signIn(openBrowser(world), email, "wrong-password"));

    assert.equal(status, 400);
    assert.deepEqual(body.ui?.messages?.map(({ id }) => id), [4000006]);
    const field = body.ui?.nodes.find(({ attributes }) => attributes.name === "identifier");
    assert.equal(field?.attributes.value, email);
  },

  async "a short password is refused with a message at its field"(world) {
    const { status, body } = await refusalOf(signUp(openBrowser(world), createEmail(), "short"));

    assert.equal(status, 400);
    assert.equal(body.ui?.messages, undefined);
    const field = body.ui?.nodes.find(({ attributes }) => attributes.name === "password");
    assert.deepEqual(field?.messages.map(({ id }) => id), [4000032]);
  },

  async "a form is refused without the CSRF token of the browser"(world) {
    const [mine, other] = [openBrowser(world), openBrowser(world)];
    const flow = await mine.ory.createBrowserLoginFlow();
    const foreign = readCsrfToken(await other.ory.createBrowserLoginFlow());

    for (const token of ["", "not-a-token", foreign]) {
      const { status, body } = await refusalOf(mine.ory.updateLoginFlow({
        flow: flow.id,
        updateLoginFlowBody: {
          method: "password",
          csrf_token: token,
          identifier: createEmail(),
          password: PASSWORD,
        },
      }));
      assert.deepEqual([status, body.error?.id], [403, "security_csrf_violation"], token);
    }
  },

  async "a browser cannot read the form of another one"(world) {
    const { id } = await openBrowser(world).ory.createBrowserLoginFlow();
    const other = openBrowser(world);
    await other.ory.createBrowserLoginFlow();

    const { status, body } = await refusalOf(other.ory.getLoginFlow({ id }));

    assert.deepEqual([status, body.error?.id], [403, "security_csrf_violation"]);
  },

  async "a browser with a session gets no form to sign in or up"(world) {
    const browser = openBrowser(world);
    await signUp(browser, createEmail());

    const login = await refusalOf(browser.ory.createBrowserLoginFlow());
    const registration = await refusalOf(browser.ory.createBrowserRegistrationFlow());

    for (const { status, body } of [login, registration]) {
      assert.deepEqual([status, body.error?.id], [400, "session_already_available"]);
    }
  },

  async "a flow leads back to the application only"(world) {
    const { ory } = openBrowser(world);

    const flow = await ory.createBrowserLoginFlow({ returnTo: `${APP_URL}/members` });
    const refused = await refusalOf(
      ory.createBrowserLoginFlow({ returnTo: "https://evil.example/" }),
    );

    assert.equal(flow.return_to, `${APP_URL}/members`);
    assert.deepEqual([refused.status, refused.body.error?.id], [
      400,
      "self_service_flow_return_to_forbidden",
    ]);
  },

  async "a wrong logout token ends no session"(world) {
    const browser = openBrowser(world);
    await signUp(browser, createEmail());

    const { status } = await refusalOf(browser.ory.updateLogoutFlow({ token: "wrong" }));

    assert.equal(status, 403);
    assert.equal((await browser.ory.toSession()).active, true);
  },

  async "an app signs up, in and out by session tokens"(world) {
    const email = createEmail();
    const ory = createNativeSdk(world);

    const registration = await ory.createNativeRegistrationFlow();
    const registered = await ory.updateRegistrationFlow({
      flow: registration.id,
      updateRegistrationFlowBody: { method: "password", password: PASSWORD, traits: { email } },
    });
    const login = await ory.createNativeLoginFlow();
    const { session_token: token = "" } = await ory.updateLoginFlow({
      flow: login.id,
      updateLoginFlowBody: { method: "password", identifier: email, password: PASSWORD },
    });
    const session = await ory.toSession({ xSessionToken: token });
    const body = { performNativeLogoutBody: { session_token: token } };
    await ory.performNativeLogout(body);
    await ory.performNativeLogout(body);
    const unknown = { performNativeLogoutBody: { session_token: "unknown" } };

    assert.equal(session.identity?.id, registered.identity.id);
    assert.equal((await refusalOf(ory.toSession({ xSessionToken: token }))).status, 401);
    assert.equal((await refusalOf(ory.performNativeLogout(unknown))).status, 403);
  },
};

for (const kind of ["the real Kratos", "the simulated Kratos"] satisfies KratosKind[]) {
  Deno.test(`Ory's SDK works on ${kind}`, async (t) => {
    await using world = await createWorld(kind);

    for (const [name, run] of Object.entries(STEPS)) await t.step(name, () => run(world));
  });
}
