// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../../tests/support/context.ts";
import { callOperator, createOperatedContext } from "../../../tests/support/operator_api.ts";

const HOUR = 3_600_000;

/** A verdict that could not be written for a day. */
async function createLetter(service: TestContext, email?: string): Promise<string> {
  const identityId = await service.register(email);
  await service.advance(1_000);
  service.kratos.faults.isAdminDown = true;
  await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", "passed");
  for (let hour = 0; hour < 26; hour++) await service.advance(HOUR);
  service.kratos.faults.isAdminDown = false;
  return identityId;
}

Deno.test("dead letters are listed in pages, without their data", async () => {
  await using service = await createOperatedContext();
  const people = [await createLetter(service), await createLetter(service, "bob@example.com")];
  const seen = [];

  const first = await callOperator(service, "dead-letters?limit=1");
  const cursor = first.body["next_cursor"];
  const second = await callOperator(service, `dead-letters?limit=1&cursor=${cursor}`);

  seen.push(...first.body["dead_letters"], ...second.body["dead_letters"]);
  assert.deepEqual(seen.map(({ id }) => id), people.toSorted());
  assert.equal(second.body["next_cursor"], null);
  const { failures, ["dead_at"]: deadAt, ...letter } = seen[0];
  assert.deepEqual(letter, {
    kind: "publish",
    id: people.toSorted()[0],
    reason: "kratos_status",
    status: 503,
    upstream: "Ory",
    action: "write to the identity",
    meaning: "Ory is down",
    "next_step": "Wait: the job is retried. Replay a dead letter when Ory works again",
  });
  assert(failures > 10 && Date.parse(deadAt) > 0);
  const shown = await callOperator(service, `dead-letters/publish/${seen[0].id}`);
  assert.deepEqual(shown.body, seen[0]);
});

Deno.test("replay tries the job again and deletes the dead letter", async () => {
  await using service = await createOperatedContext();
  const identityId = await createLetter(service);
  assert.equal(service.metadata(identityId)["status"], "pending");

  const path = `dead-letters/publish/${identityId}/replay`;
  const answers = await Promise.all([
    callOperator(service, path, { body: {} }),
    callOperator(service, path, { body: {} }),
  ]);
  await service.drain();

  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 404]);
  assert.equal(service.metadata(identityId)["status"], "verified");
  const { body } = await callOperator(service, "dead-letters");
  assert.deepEqual(body["dead_letters"], []);
  const { body: { events } } = await callOperator(service, `verifications/${identityId}/timeline`);
  const acts = events.filter(({ event }: { event: string }) => event === "operator");
  assert.deepEqual(acts.map(({ action, by }: Record<string, string>) => [action, by]), [[
    "replay",
    "grace",
  ]]);
});

Deno.test("replay starts the schedule from the beginning", async () => {
  await using service = await createOperatedContext();
  const identityId = await createLetter(service);
  service.kratos.faults.isAdminDown = true;

  await callOperator(service, `dead-letters/publish/${identityId}/replay`, { body: {} });
  for (let hour = 0; hour < 20; hour++) await service.advance(HOUR);
  service.kratos.faults.isAdminDown = false;
  await service.advance(HOUR);

  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("discard deletes the dead letter and records who did it", async () => {
  await using service = await createOperatedContext();
  const identityId = await createLetter(service);

  const path = `dead-letters/publish/${identityId}/discard`;
  const { body } = await callOperator(service, path, { body: {} });
  await service.drain();

  const outcome = "discarded";
  assert.deepEqual(body, { kind: "publish", id: identityId, outcome, advice: null });
  assert.equal(service.metadata(identityId)["status"], "pending");
  const left = await service.store.list({ prefix: ["dead_letter"] }, { limit: 1 });
  assert.deepEqual(left, []);
  const { body: { events } } = await callOperator(service, `verifications/${identityId}/timeline`);
  assert.equal(events.at(-1).action, "discard");
});

Deno.test("a dead letter is replayed or discarded, never both", async () => {
  await using service = await createOperatedContext();
  const identityId = await createLetter(service);
  const settle = (action: string) =>
    callOperator(service, `dead-letters/publish/${identityId}/${action}`, { body: {} });

  const answers = await Promise.all([settle("discard"), settle("replay"), settle("discard")]);
  await service.drain();

  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 404, 404]);
});

Deno.test("dead letters are replayed by the page, and an empty body means all", async () => {
  await using service = await createOperatedContext();
  const people = [await createLetter(service), await createLetter(service, "bob@example.com")];

  const other = await callOperator(service, "dead-letters/replay", { body: { kind: "start" } });
  const all = await callOperator(service, "dead-letters/replay", { body: {} });
  const again = await callOperator(service, "dead-letters/replay", { body: {} });
  await service.drain();

  assert.deepEqual(other.body, { closed: 0, left: 0, "next_cursor": null });
  assert.deepEqual(all.body, { closed: 2, left: 0, "next_cursor": null });
  assert.deepEqual(again.body, { closed: 0, left: 0, "next_cursor": null });
  assert.deepEqual(people.map((id) => service.metadata(id)["status"]), ["verified", "verified"]);
});

Deno.test("dead letters that two operators replay and discard by the page are closed once", async () => {
  await using service = await createOperatedContext();
  const identityId = await createLetter(service);

  const answers = await Promise.all([
    callOperator(service, "dead-letters/discard", { body: {} }),
    callOperator(service, "dead-letters/replay", { body: {} }),
  ]);

  assert.deepEqual(answers.map(({ body }) => body.closed).toSorted(), [0, 1]);
  const { body: { events } } = await callOperator(service, `verifications/${identityId}/timeline`);
  assert.equal(events.filter(({ event }: { event: string }) => event === "operator").length, 1);
});

for (
  const [name, body] of [
    ["an unknown kind", { kind: "starts" }],
    ["a reason of two words", { reason: "two words" }],
    ["a time that is none", { since: "yesterday" }],
    ["a cursor of another kind", { kind: "start", cursor: "publish/x" }],
  ] as const
) {
  Deno.test(`dead letters are not chosen by ${name}`, async () => {
    await using service = await createOperatedContext();
    await createLetter(service);
    const query = new URLSearchParams({ ...body });

    const answers = [
      await callOperator(service, `dead-letters?${query}`),
      await callOperator(service, "dead-letters/replay", { body }),
      await callOperator(service, "dead-letters/discard", { body }),
    ];

    assert.deepEqual(answers.map(({ status }) => status), [400, 400, 400]);
    const left = await service.store.list({ prefix: ["dead_letter"] }, { limit: 2 });
    assert.equal(left.length, 1);
  });
}
