// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ADA, call, createKratos, REFUSAL } from "../../../tests/support/kratos_client.ts";

Deno.test("a refused recovery stores no session", async () => {
  const { kratos, script } = createKratos();
  await kratos.register(ADA);
  const allowed = await kratos.recover(ADA);
  script.answer = () => Response.json(REFUSAL, { status: 403 });

  const refused = await kratos.recover(ADA);

  assert.deepEqual([allowed.ok, allowed.status], [true, 303]);
  assert.deepEqual([refused.ok, refused.status], [false, 303]);
  assert.deepEqual(refused.messages, ["Refused"]);
  assert.equal(refused.sessionToken, undefined);
  const cookie = `ory_kratos_session=${allowed.sessionToken}`;
  assert.equal((await call(kratos, "/sessions/whoami", { headers: { cookie } })).status, 200);
});

Deno.test("a recovery link works once", async () => {
  const { kratos } = createKratos();
  const { identityId } = await kratos.register(ADA);
  const created = await call(kratos, "/admin/recovery/link", {
    method: "POST",
    body: JSON.stringify({ "identity_id": identityId }),
  });
  const { pathname, search } = new URL(Object(created.json)["recovery_link"]);

  const first = await call(kratos, pathname + search);
  const second = await call(kratos, pathname + search);

  assert.match(first.headers.get("set-cookie") ?? "", /^ory_kratos_session=/);
  assert.deepEqual([second.status, second.headers.get("set-cookie")], [303, null]);
});
