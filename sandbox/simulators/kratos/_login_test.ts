// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import {
  ADA,
  call,
  createKratos,
  patch,
  REFUSAL,
  SERVICE,
} from "../../../tests/support/kratos_client.ts";

const INTERRUPTIONS: readonly [
  name: string,
  answer: () => Response,
  end: [ok: boolean, status: number, messages: readonly string[]],
][] = [
  ["200 and text", () => new Response("fine"), [true, 200, []]],
  ["204", () => new Response(null, { status: 204 }), [true, 200, []]],
  ["nested messages", () => Response.json(REFUSAL, { status: 403 }), [false, 400, ["Refused"]]],
  [
    "a flat message",
    () => Response.json({ messages: [{ "instance_ptr": "#/", message: "x" }] }, { status: 403 }),
    [false, 400, []],
  ],
  [
    "a message at a field",
    () =>
      Response.json(
        { messages: [{ ...REFUSAL.messages[0], "instance_ptr": "#/identifier" }] },
        { status: 400 },
      ),
    [false, 400, ["Refused"]],
  ],
  ["403 and text", () => new Response("no", { status: 403 }), [false, 400, [
    "webhook response could not be unmarshalled properly from JSON",
  ]]],
  ["500 with messages", () => Response.json(REFUSAL, { status: 500 }), [false, 400, [
    `POST ${SERVICE}/jumio/validate giving up after 3 attempt(s)`,
  ]]],
];

for (const [name, answer, [ok, status, messages]] of INTERRUPTIONS) {
  Deno.test(`a sign-in hook that answers ${name} has the same effect as at Kratos`, async () => {
    const { kratos, script } = createKratos();
    await kratos.register(ADA);
    script.answer = answer;

    const end = await kratos.login(ADA);

    assert.deepEqual([end.ok, end.status, end.messages], [ok, status, messages]);
    assert.equal(end.sessionToken !== undefined, ok);
  });
}

Deno.test("a template gets the person's languages under the name that Kratos uses", async () => {
  const { kratos, hookCalls } = createKratos();
  const password = "Correct-horse-9-battery";
  await kratos.register({ ...ADA, password });
  const { json } = await call(kratos, "/self-service/login/api");
  const { ui: { action } } = z.object({ ui: z.object({ action: z.string() }) }).parse(json);

  await call(kratos, new URL(action).pathname + new URL(action).search, {
    method: "POST",
    headers: { "content-type": "application/json", "accept-language": "de-CH, fr;q=0.7" },
    body: JSON.stringify({ method: "password", password, identifier: ADA.email }),
  });

  assert.equal(hookCalls.at(-1)?.body["accept_language"], "de-CH, fr;q=0.7");
});

Deno.test("a wrong password is refused without a call of the hook", async () => {
  const { kratos, hookCalls } = createKratos();
  await kratos.register(ADA);

  const end = await kratos.login({ ...ADA, password: "another one" });

  assert.equal(end.status, 400);
  assert.match(end.messages.join(), /credentials are invalid/);
  assert.equal(hookCalls.length, 1);
});

Deno.test("a template that cancels skips the call of the hook", async () => {
  const { kratos, hookCalls, script } = createKratos();
  const { identityId = "" } = await kratos.register(ADA);
  await patch(kratos, identityId, [
    { op: "add", path: "/metadata_public/jumio", value: { status: "verified" } },
  ]);
  script.answer = () => raise(new TypeError("down"));

  const signIn = await kratos.login(ADA);
  const recovery = await kratos.recover(ADA);

  assert.deepEqual([signIn.ok, recovery.ok, hookCalls.length], [true, true, 1]);
});

Deno.test("a refresh keeps the session and calls the hook", async () => {
  const { kratos, hookCalls } = createKratos();
  const { sessionToken = "" } = await kratos.register(ADA);
  const opened = await call(kratos, "/self-service/login/api?refresh=true");

  const answer = await call(kratos, `/self-service/login?flow=${Object(opened.json).id}`, {
    method: "POST",
    headers: { "x-session-token": sessionToken },
    body: JSON.stringify({
      method: "password",
      identifier: ADA.email,
      password: "Correct-horse-9-battery",
    }),
  });

  assert.deepEqual([answer.status, Object(answer.json)["session_token"]], [200, sessionToken]);
  assert.equal(hookCalls.length, 2);
});

function raise(error: Error): never {
  throw error;
}
