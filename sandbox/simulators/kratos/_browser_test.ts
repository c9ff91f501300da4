// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ADA, createKratos, REFUSAL } from "../../../tests/support/kratos_client.ts";
import {
  APP,
  type KratosBrowser,
  openKratosBrowser,
} from "../../../tests/support/kratos_browser.ts";

const locationOf = ({ status, headers }: Response) => [status, headers.get("location")];

async function readError(browser: KratosBrowser, redirect: Response): Promise<unknown> {
  const [status, location] = locationOf(redirect);
  assert.equal(status, 303);
  const { origin, pathname, search } = new URL(String(location));
  assert.equal(origin + pathname, `${APP}/error`);
  const { error } = await (await browser.get(`/self-service/errors${search}`)).json();
  return error.id ?? error.code;
}

Deno.test("a browser gets to the application's form, and after it back to the application", async () => {
  const browser = openKratosBrowser(createKratos({ appUrl: APP }).kratos);

  const form = await browser.get("/self-service/registration/browser");
  const end = await browser.submit("registration");

  assert.match(String(locationOf(form)[1]), new RegExp(`^${APP}/registration\\?flow=`));
  assert.deepEqual(locationOf(end), [303, `${APP}/`]);
  assert.match(end.headers.getSetCookie().join("\n"), /^ory_kratos_session=.*HttpOnly/m);
  assert.equal((await browser.get("/sessions/whoami")).status, 200);
});

Deno.test("a browser gets back to the page of return_to", async () => {
  const { kratos } = createKratos({ appUrl: APP });
  await kratos.register(ADA);

  const end = await openKratosBrowser(kratos)
    .submit("login", { query: `?return_to=${APP}/members` });

  assert.deepEqual(locationOf(end), [303, `${APP}/members`]);
});

Deno.test("a browser that a hook refuses gets back to the form, which shows why", async () => {
  const { kratos, script } = createKratos({ appUrl: APP });
  await kratos.register(ADA);
  script.answer = () => Response.json(REFUSAL, { status: 403 });
  const browser = openKratosBrowser(kratos);

  const end = await browser.submit("login");

  assert.equal(end.status, 303);
  assert.deepEqual((await browser.readFlow(end)).ui.messages?.map(({ text }) => text), ["Refused"]);
  assert.equal((await browser.get("/sessions/whoami")).status, 401);
});

Deno.test("a registration with an error redirects with 302, as at Kratos", async () => {
  const browser = openKratosBrowser(createKratos({ appUrl: APP }).kratos);

  const end = await browser.submit("registration", { changes: { password: "short" } });

  assert.equal(end.status, 302);
});

Deno.test("a browser gets to the page for errors when a hook fails", async () => {
  const { kratos, script } = createKratos({ appUrl: APP });
  await kratos.register(ADA);
  script.answer = () => new Response("no", { status: 503 });
  const browser = openKratosBrowser(kratos);

  assert.equal(await readError(browser, await browser.submit("login")), 500);
});

Deno.test("a browser gets to the page for errors without the CSRF token of its form", async () => {
  const { kratos } = createKratos({ appUrl: APP });
  await kratos.register(ADA);
  const browser = openKratosBrowser(kratos);

  const end = await browser.submit("login", { changes: { "csrf_token": "" } });

  assert.equal(await readError(browser, end), "security_csrf_violation");
  assert.equal((await browser.get("/sessions/whoami")).status, 401);
});

Deno.test("a browser gets to the page for errors when return_to leads to another host", async () => {
  const browser = openKratosBrowser(createKratos({ appUrl: APP }).kratos);

  const refused = await browser.get("/self-service/login/browser?return_to=https://evil.example/");

  assert.equal(await readError(browser, refused), "self_service_flow_return_to_forbidden");
});

Deno.test("a browser with a session gets back to the application instead of a form", async () => {
  const browser = openKratosBrowser(createKratos({ appUrl: APP }).kratos);
  await browser.submit("registration");

  const login = await browser.get("/self-service/login/browser");

  assert.deepEqual(locationOf(login), [303, `${APP}/`]);
});

Deno.test("a browser cannot read the form of another one", async () => {
  const { kratos } = createKratos({ appUrl: APP });
  const form = await openKratosBrowser(kratos).get("/self-service/login/browser");
  const id = new URL(form.headers.get("location") ?? "").searchParams.get("flow");
  const other = openKratosBrowser(kratos);
  await other.get("/self-service/login/browser");

  assert.equal((await other.get(`/self-service/login/flows?id=${id}`)).status, 403);
});
