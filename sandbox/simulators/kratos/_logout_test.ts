// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { call, createKratos } from "../../../tests/support/kratos_client.ts";
import { APP, openKratosBrowser } from "../../../tests/support/kratos_browser.ts";

Deno.test("a browser logs out by the address that the application asked for", async () => {
  const { kratos } = createKratos({ appUrl: APP });
  const browser = openKratosBrowser(kratos);
  const { headers } = await browser.submit("registration");
  const [, cookie = ""] = /(ory_kratos_session=[^;]+)/.exec(headers.getSetCookie().join()) ?? [];
  const { logout_url: address } = await (await browser.get("/self-service/logout/browser")).json();

  const end = await browser.get(address);

  assert.deepEqual([end.status, end.headers.get("location")], [303, `${APP}/`]);
  assert.match(end.headers.getSetCookie().join("\n"), /^ory_kratos_session=;.*Max-Age=0/m);
  assert.equal((await browser.get("/sessions/whoami")).status, 401);
  const kept = await call(kratos, "/sessions/whoami", { headers: { cookie } });
  assert.equal(kept.status, 401, "the session lives on for somebody who has kept its cookie");
});

for (const [name, query] of [["without a token", ""], ["with a wrong token", "?token=wrong"]]) {
  Deno.test(`a browser stays signed in after a logout ${name}`, async () => {
    const browser = openKratosBrowser(createKratos({ appUrl: APP }).kratos);
    await browser.submit("registration");

    const end = await browser.get(`/self-service/logout${query}`);

    assert.match(end.headers.get("location") ?? "", new RegExp(`^${APP}/error\\?id=`));
    assert.equal((await browser.get("/sessions/whoami")).status, 200);
  });
}
