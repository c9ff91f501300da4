// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ADA, call, createKratos } from "../../../tests/support/kratos_client.ts";

/** Submits a form to a flow of the simulator. */
async function submit(
  kratos: ReturnType<typeof createKratos>["kratos"],
  { flow, form }: { flow: string; form: Record<string, unknown> },
): Promise<number> {
  const init = { method: "POST", body: JSON.stringify({ method: "code", ...form }) };
  return (await call(kratos, `/self-service/login?flow=${flow}`, init)).status;
}

Deno.test("a sign-in by code needs the newest mailed code, and each code works once", async () => {
  const { kratos } = createKratos();
  await kratos.register(ADA);
  const flow: string = Object((await call(kratos, "/self-service/login/api")).json).id;
  const form = { identifier: ADA.email };

  const asked = await submit(kratos, { flow, form });
  const mails = await call(kratos, `/admin/courier/messages?recipient=${ADA.email}`);
  const [code] = /\d{6}/.exec(Object(mails.json)[0].body) ?? [];
  const right = await submit(kratos, { flow, form: { ...form, code } });
  const again = await submit(kratos, { flow, form: { ...form, code } });

  assert.deepEqual([asked, right, again], [400, 200, 400]);
});

Deno.test("GET /admin/courier/messages lists the mails of one address", async () => {
  const { kratos } = createKratos();
  await kratos.register(ADA);
  const flow: string = Object((await call(kratos, "/self-service/login/api")).json).id;
  await submit(kratos, { flow, form: { identifier: ADA.email } });

  const other = await call(kratos, "/admin/courier/messages?recipient=eve@example.com");
  const all = await call(kratos, "/admin/courier/messages");

  assert.deepEqual(other.json, []);
  assert.equal(Object(all.json).length, 1);
});
