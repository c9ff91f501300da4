// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ADA, BO, createNamedContext } from "../../../tests/support/named_operators.ts";
import { callOperator, createPerson, secretIdOf } from "../../../tests/support/operator_api.ts";
import { showPage, signIn } from "../../../tests/support/operator_page.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import type { TestContext } from "../../../tests/support/context.ts";
import { UpstreamError } from "../../../lib/upstream/error.ts";
import { createOperatorKeys } from "../../../lib/operator/key.ts";
import { createSecret } from "../../../lib/crypto/secret.ts";
import { listRoutes } from "../../table.ts";

const HOUR = 3_600_000;

/** Every route of the API that reads one person. */
const READS_OF_A_PERSON = (await listRoutes({
  operator: { keys: createOperatorKeys([createSecret(ADA)]) },
})).filter(({ method, path }) =>
  method === "GET" && path.startsWith("/operator/verifications/{id}")
)
  .map(({ path }) => path);

/** Who looked at a person, as their timeline has it. */
async function readLooks(service: TestContext, id: string): Promise<readonly unknown[]> {
  const rows = await service.store.list<{ event: string; details: Record<string, unknown> }>({
    prefix: ["timeline", id],
  }, { limit: 100 });
  return rows.filter(({ value }) => value?.event === "view")
    .map(({ value }) => value?.details["by"]);
}

Deno.test("there are routes of the API that read one person", () => {
  assert(READS_OF_A_PERSON.length >= 2);
});

for (const path of READS_OF_A_PERSON) {
  Deno.test(`GET ${path} records who looked, also with HEAD and by the id of an execution`, async () => {
    await using service = await createNamedContext();
    const id = await createPerson(service, { outcome: "passed" });
    const execution = service.jumio.executions.at(-1)?.id ?? "";
    const headers = { authorization: `Bearer ${BO}` };

    for (const [method, subject] of [["GET", id], ["HEAD", id], ["GET", execution]] as const) {
      const response = await service.send(path.replace("{id}", subject), { method, headers });
      await response.body?.cancel();
      assert.equal(response.status, 200);
      await service.advance(HOUR + 1);
    }

    assert.deepEqual(await readLooks(service, id), ["bo", "bo", "bo"]);
  });

  Deno.test(`GET ${path} records nothing of an id that is not on record`, async () => {
    await using service = await createNamedContext();
    const headers = { authorization: `Bearer ${BO}` };

    const response = await service.send(path.replace("{id}", crypto.randomUUID()), { headers });

    await response.body?.cancel();
    assert.equal(response.status, 404);
    assert.deepEqual(await service.store.list({ prefix: [] }, { limit: 1 }), []);
  });

  Deno.test(`GET ${path} answers while KV cannot be written, and logs who looked`, async () => {
    const memory = createMemoryStore();
    let isFull = false;
    const store: typeof memory = {
      ...memory,
      commit: (write) =>
        isFull
          ? Promise.reject(new UpstreamError("kv", "disk_full", { action: "write to KV" }))
          : memory.commit(write),
    };
    await using service = await createNamedContext({ store });
    const id = await createPerson(service, { outcome: "passed" });
    isFull = true;

    const response = await service.send(path.replace("{id}", id), {
      headers: { authorization: `Bearer ${BO}` },
    });

    await response.body?.cancel();
    isFull = false;
    assert.equal(response.status, 200);
    assert.deepEqual(await readLooks(service, id), []);
    const line = service.lines.map((line) => JSON.parse(line)).find(({ level }) =>
      level === "error"
    );
    assert.match(line.message, /the timeline has no record of it/);
    assert.deepEqual([line.identityId, line.by], [id, "bo"]);
  });
}

Deno.test("a look is in the next answer of the timeline, with the name and the id of the secret", async () => {
  await using service = await createNamedContext();
  const id = await createPerson(service);
  const options = { headers: { authorization: `Bearer ${ADA}`, "x-operator": "ada" } };

  const first = await callOperator(service, `verifications/${id}/timeline`, options);
  const second = await callOperator(service, `verifications/${id}/timeline`, options);

  const looksOf = ({ body }: typeof first) =>
    body.events.filter(({ event }: { event: string }) => event === "view");
  assert.deepEqual(looksOf(first), []);
  assert.deepEqual(looksOf(second).map(({ at: _, ...look }: Record<string, unknown>) => look), [
    { event: "view", by: "ada", "secret_id": await secretIdOf(service, 1) },
  ]);
});

Deno.test("opening a person on the page is recorded, and lists of people are not", async () => {
  await using service = await createNamedContext();
  const id = await createPerson(service, { outcome: "warning" });
  const cookie = await signIn(service, { secret: BO });

  await showPage(service, "/operator/", { cookie });
  await showPage(service, "/operator/reviews", { cookie });
  await callOperator(service, "verifications");
  const before = await readLooks(service, id);
  await showPage(service, `/operator/?id=${id}`, { cookie });
  const again = await showPage(service, `/operator/?id=${id}`, { cookie });

  assert.deepEqual([before, await readLooks(service, id)], [[], ["bo"]]);
  assert.match(again, /<strong>Looked at<\/strong> <span>by: bo · secret id: [0-9a-f]{8}<\/span>/);
});

Deno.test("an erasure deletes who looked, and a look at an erased person leaves no row", async () => {
  await using service = await createNamedContext();
  const id = await createPerson(service, { outcome: "passed" });
  await callOperator(service, `verifications/${id}`);
  assert.equal((await readLooks(service, id)).length, 1);

  await callOperator(service, `verifications/${id}/erase`, { body: {} });
  await service.advance(2 * HOUR);
  const { status, body } = await callOperator(service, `verifications/${id}`);

  assert.deepEqual([status, body.verification], [200, null]);
  assert.deepEqual(await readLooks(service, id), []);
});
