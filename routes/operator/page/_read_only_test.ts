// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createDeadLetters } from "../../../tests/support/service_commands.ts";
import { BO, createNamedContext } from "../../../tests/support/named_operators.ts";
import { createOperatedContext, createPerson } from "../../../tests/support/operator_api.ts";
import { postForm, signIn } from "../../../tests/support/operator_page.ts";
import type { TestContext } from "../../../tests/support/context.ts";
import { createOperatorKeys } from "../../../lib/operator/key.ts";
import { createSecret } from "../../../lib/crypto/secret.ts";
import { listRoutes } from "../../table.ts";

const AUTH = { authorization: `Bearer ${BO}`, "x-operator": "bo" };

const ROUTES = (await listRoutes({ operator: { keys: createOperatorKeys([createSecret(BO)]) } }))
  .filter(({ path }) => path.startsWith("/operator/"));

const CHANGES = ROUTES.filter(({ method }) => method !== "GET");

/** The address of a route about this identity. */
function addressOf(path: string, id: string): string {
  return path.replace("{kind}", "publish").replace("{id}", id);
}

/** What is stored, without the events that say who looked. */
async function readRows(service: TestContext): Promise<unknown[]> {
  const rows = await service.store.list<{ event?: string }>({ prefix: [] }, { limit: 1_000 });
  return rows.filter(({ value }) => value?.event !== "view")
    .map(({ key, versionstamp }) => [key, versionstamp]);
}

Deno.test("a read-only secret is refused by every route of the API that changes something", async () => {
  await using service = await createNamedContext();
  const id = await createPerson(service, { outcome: "warning" });
  const before = await readRows(service);
  const routes = CHANGES.filter(({ form }) => form === undefined);
  assert(routes.length > 10);

  for (const { path } of routes) {
    // The right decides first, whatever the body and the name are.
    for (const headers of [AUTH, { authorization: AUTH.authorization }]) {
      const response = await service.send(addressOf(path, id), { method: "POST", headers });
      assert.equal(response.status, 403, path);
      const { title, detail } = await response.json();
      assert.equal(title, "Read-only", path);
      assert.match(detail, /^This secret is read-only/, path);
    }
  }
  assert.deepEqual(await readRows(service), before);
});

Deno.test("a read-only session is refused by every form of the page, except to sign in and out", async () => {
  await using service = await createNamedContext();
  const id = await createPerson(service, { outcome: "warning" });
  const cookie = await signIn(service, { secret: BO });
  const before = await readRows(service);
  const allowed: string[] = [];

  for (const { path } of CHANGES.filter(({ form }) => form !== undefined)) {
    const response = await postForm(service, addressOf(path, id).slice("/operator/".length), {
      fields: { id },
      cookie,
    });
    const page = await response.text();
    if (response.status === 403 && /Your secret is read-only/.test(page)) continue;
    allowed.push(path);
  }

  assert.deepEqual(allowed, ["/operator/sign-in", "/operator/sign-out"]);
  assert.deepEqual(await readRows(service), before);
});

Deno.test("a read-only secret reads with every GET route, which changes nothing", async () => {
  await using service = await createNamedContext();
  const [id = ""] = await createDeadLetters(service, [{ outcome: "passed" }]);
  const cookie = await signIn(service, { secret: BO });
  const before = await readRows(service);
  const calls = service.kratos.calls.length + service.jumio.calls.length;

  for (const { method, path } of ROUTES.filter(({ method }) => method === "GET")) {
    const response = await service.send(addressOf(path, id), { headers: { ...AUTH, cookie } });
    await response.body?.cancel();
    assert.equal(response.status, 200, `${method} ${path}`);
  }

  assert.deepEqual(await readRows(service), before);
  const made = [...service.kratos.calls, ...service.jumio.calls].slice(calls);
  assert.deepEqual(made.filter(({ method }) => method !== "GET"), []);
});

Deno.test("every page shows a read-only operator no button except to search and to sign out", async () => {
  await using service = await createNamedContext();
  const [letter = ""] = await createDeadLetters(service, [{ outcome: "passed" }]);
  const review = await createPerson(service, { outcome: "warning", email: "eve@example.com" });
  const cookie = await signIn(service, { secret: BO });
  const pages = ROUTES.filter(({ method, security }) => method === "GET" && security.length === 0);
  const addresses = pages.flatMap((
    { path },
  ) => [path, `${path}?id=${letter}`, `${path}?id=${review}`]);

  for (const address of addresses) {
    const response = await service.send(address, { headers: { cookie } });
    const page = await response.text();
    assert.match(page, /<p>bo \(read-only\)<\/p>/, address);
    const forms = [...page.matchAll(/<form method="post" action="([^"]*)"/g)];
    assert.deepEqual(forms.map(([, action]) => action), ["sign-out"], address);
  }
});

Deno.test("a refused change of a read-only operator is logged with their name", async () => {
  await using service = await createNamedContext();
  const cookie = await signIn(service, { secret: BO });

  const answers = [
    await service.send("/operator/sweep", { method: "POST", headers: AUTH }),
    await postForm(service, "replay", { fields: {}, cookie }),
  ];

  await Promise.all(answers.map((answer) => answer.body?.cancel()));
  const lines = service.lines.map((line) => JSON.parse(line))
    .filter(({ message }) => message === "Refused a request");
  assert.deepEqual(lines.map(({ route, reason, by }) => [route, reason, by]), [
    ["/operator/sweep", "read_only", "bo"],
    ["/operator/replay", "read_only", "bo"],
  ]);
});

Deno.test("a session becomes invalid when its secret becomes read-only", async () => {
  await using before = await createOperatedContext({
    env: { "OPERATOR_SECRET": BO.replace(":ro:", ":") },
  });
  const cookie = await signIn(before, { secret: BO.replace(":ro:", ":") });
  await using after = await createOperatedContext({ env: { "OPERATOR_SECRET": BO } });

  const response = await postForm(after, "replay", {
    fields: { kind: "publish", id: "x" },
    cookie,
  });

  assert.deepEqual([response.status, response.headers.get("location")], [303, "./?ended"]);
  await response.body?.cancel();
});
