// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ADA, createNamedContext } from "../../../tests/support/named_operators.ts";
import { assertUntouched } from "../../../tests/support/assert_untouched.ts";
import {
  callOperator,
  createPerson,
  OPERATOR_SECRET,
  readActions,
  secretIdOf,
} from "../../../tests/support/operator_api.ts";
import { postForm, signIn } from "../../../tests/support/operator_page.ts";
import type { TestContext } from "../../../tests/support/context.ts";
import { listRoutes } from "../../table.ts";

/** Calls the API with a value of `OPERATOR_SECRET`, with a name in the header or without. */
function call(
  service: TestContext,
  path: string,
  { secret, name, body }: { secret: string; name?: string; body?: unknown },
): Promise<Response> {
  const headers = new Headers({ authorization: `Bearer ${secret}` });
  if (name !== undefined) headers.set("x-operator", name);
  if (body === undefined) return service.send(`/operator/${path}`, { headers });
  headers.set("content-type", "application/json");
  return service.send(`/operator/${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
}

for (const name of [undefined, "ada"]) {
  Deno.test(`a change by a secret with a name is recorded under it, if the request names ${name}`, async () => {
    await using service = await createNamedContext();
    const id = await createPerson(service, { outcome: "warning" });
    const body = { "status": "verified", "reason": "checked" };

    const response = await call(service, `verifications/${id}/decide`, {
      secret: ADA,
      body,
      ...(name === undefined ? {} : { name }),
    });

    await response.body?.cancel();
    assert.equal(response.status, 200);
    assert.deepEqual((await readActions(service, id)).at(0), {
      action: "decide",
      ...body,
      by: "ada",
      "secret_id": await secretIdOf(service, 1),
    });
  });
}

for (
  const [what, secret, name] of [
    ["a secret with a name under another name", ADA, "grace"],
    ["a secret with a name under the name of another secret", ADA, "bo"],
    ["a secret with a name under its own name in capitals", ADA, "ADA"],
    ["a secret without a name under that of another secret", OPERATOR_SECRET, "ada"],
    ["a secret without a name under such a name in capitals", OPERATOR_SECRET, "Ada"],
    ["a secret without a name under the name of a read-only one", OPERATOR_SECRET, "bo"],
  ] as const
) {
  Deno.test(`the operator API refuses ${what}, for reading and for changes`, async () => {
    await using service = await createNamedContext();

    for (const [path, body] of [["reconcile", {}], ["status", undefined]] as const) {
      const response = await call(service, path, { secret, name, body });
      assert.equal(response.status, 400, path);
      assert.match((await response.json()).detail, /acts under that name only.*give your own name/);
    }
    await assertUntouched(service);
  });
}

Deno.test("every route of the API that changes something refuses a secret without a name that gives none", async () => {
  await using service = await createNamedContext();
  const routes = (await listRoutes(service.context.config)).filter(({ method, security }) =>
    method === "POST" && security.includes("operatorBearer")
  );
  assert(routes.length > 10);

  for (const { path } of routes) {
    const address = path.replace("{kind}", "publish").replace("{id}", crypto.randomUUID());
    const response = await call(service, address.slice("/operator/".length), {
      secret: OPERATOR_SECRET,
      body: {},
    });
    assert.equal(response.status, 400, path);
    assert.match((await response.json()).detail, /X-Operator header must have your name/, path);
  }
  await assertUntouched(service);
});

Deno.test("the operator API refuses a wrong form of a name also for reading", async () => {
  await using service = await createNamedContext();

  const response = await call(service, "status", { secret: ADA, name: "a%0Ab" });

  assert.equal(response.status, 400);
  assert.match((await response.json()).detail, /X-Operator/);
});

Deno.test("the operator API refuses the secret of a value without its name", async () => {
  await using service = await createNamedContext();

  const response = await call(service, "status", { secret: ADA.slice("ada:".length) });

  await response.body?.cancel();
  assert.equal(response.status, 401);
});

Deno.test("a name has an old and a new secret during a rotation, each with its own id", async () => {
  const older = `${ADA}-older`;
  await using service = await createNamedContext({ env: { "OPERATOR_SECRET": `${ADA} ${older}` } });
  const ids = await Promise.all([0, 1].map((index) => secretIdOf(service, index)));

  for (const secret of [ADA, older]) {
    const response = await call(service, "reconcile", { secret, body: {} });
    await response.body?.cancel();
    assert.equal(response.status, 200);
  }

  const lines = service.lines.map((line) => JSON.parse(line))
    .filter(({ message }) => message === "Handled a request");
  assert.deepEqual(lines.map(({ by, secretId }) => [by, secretId]), [
    ["ada", ids[0]],
    ["ada", ids[1]],
  ]);
});

Deno.test("each call that only reads is logged, with the name if there is one", async () => {
  await using service = await createNamedContext();

  for (const secret of [ADA, OPERATOR_SECRET]) {
    await (await call(service, "verifications", { secret })).body?.cancel();
  }
  const cookie = await signIn(service, { secret: ADA });
  await (await service.send("/operator/", { headers: { cookie } })).body?.cancel();

  const lines = service.lines.map((line) => JSON.parse(line))
    .filter(({ message }) => message === "Handled a request");
  assert.deepEqual(lines.map(({ pathname, by }) => [pathname, by]), [
    ["/operator/verifications", "ada"],
    ["/operator/verifications", undefined],
    ["/operator/", "ada"],
  ]);
  assert(lines.every(({ secretId }) => /^[0-9a-f]{8}$/.test(secretId)));
});

Deno.test("the page takes the name from the secret, and records it", async () => {
  await using service = await createNamedContext();
  const id = await createPerson(service, { outcome: "passed" });
  const cookie = await signIn(service, { secret: ADA });

  const page = await (await service.send("/operator/", { headers: { cookie } })).text();
  const response = await postForm(service, "expire", {
    fields: { id, reason: "suspicion" },
    cookie,
  });

  await response.body?.cancel();
  assert.match(page, /<p>ada<\/p>/);
  const [action] = await readActions(service, id) as { by: string }[];
  assert.equal(action?.by, "ada");
});

for (
  const [what, fields, status, sentence] of [
    ["another name", { secret: ADA, name: "grace" }, 400, /your secret has another name/],
    ["the name of another secret", { secret: OPERATOR_SECRET, name: "Ada" }, 400, /another secret/],
    ["no name for a secret without one", { secret: OPERATOR_SECRET, name: "" }, 400, /Give your/],
    ["no field for the name", { secret: OPERATOR_SECRET }, 400, /Give your name/],
    ["the secret without its name", { secret: ADA.slice(4), name: "ada" }, 401, /with its name/],
  ] as const
) {
  Deno.test(`sign-in refuses ${what}, and says why`, async () => {
    await using service = await createNamedContext();

    const response = await postForm(service, "sign-in", { fields });

    assert.equal(response.status, status);
    assert.equal(response.headers.get("set-cookie"), null);
    assert.match(await response.text(), sentence);
  });
}

Deno.test("no log line and no row has a value of OPERATOR_SECRET", async () => {
  await using service = await createNamedContext();
  const id = await createPerson(service, { outcome: "warning" });
  await callOperator(service, `verifications/${id}`);
  const cookie = await signIn(service, { secret: ADA });
  await (await postForm(service, "publish", { fields: { id }, cookie })).body?.cancel();

  const rows = await service.store.list({ prefix: [] }, { limit: 1_000 });

  const text = service.lines.join() + Deno.inspect(rows, { depth: 10, strAbbreviateSize: 10_000 });
  assert(!text.includes(ADA.slice("ada:".length)) && !text.includes(OPERATOR_SECRET));
});
