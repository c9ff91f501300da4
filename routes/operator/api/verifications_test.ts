// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Store } from "../../../lib/kv/store.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import type { TestContext } from "../../../tests/support/context.ts";
import { callOperator, createOperatedContext } from "../../../tests/support/operator_api.ts";

const HOUR = 3_600_000;

/** Three people, an hour apart: one was verified, one was rejected, one has not been at Jumio yet. */
async function createPeople(service: TestContext): Promise<Record<string, string>> {
  const people: Record<string, string> = {};
  for (const [name, outcome] of [["ada", "passed"], ["bob", "rejected"], ["cyd", null]] as const) {
    people[name] = await service.register(`${name}@example.com`);
    const execution = service.jumio.executions.at(-1);
    if (outcome !== null) await service.jumio.finish(execution?.id ?? "", outcome);
    await service.drain();
    await service.advance(HOUR);
  }
  return people;
}

async function listIds(service: TestContext, query: string): Promise<string[]> {
  const { body } = await callOperator(service, `verifications${query}`);
  return body.verifications.map((verification: Record<string, string>) =>
    verification["identity_id"]
  );
}

Deno.test("verifications are listed with the last changed first", async () => {
  await using service = await createOperatedContext();
  const { ada, bob, cyd } = await createPeople(service);

  assert.deepEqual(await listIds(service, ""), [cyd, bob, ada]);
});

for (
  const [query, names] of [
    ["?status=rejected", ["bob"]],
    ["?status=rejected,verified,rejected", ["bob", "ada"]],
    ["?status=expired", []],
    ["?since=2026-05-04T10:00:00Z&until=2026-05-04T09:00:00Z", []],
    ["?since=2030-01-01T00:00:00Z&cursor=5.2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44", []],
    ["?since=2026-05-04T10:00:00Z", ["cyd", "bob"]],
    ["?until=2026-05-04T10:00:00Z", ["ada"]],
    ["?since=2026-05-04T09:30:00Z&until=2026-05-04T12:30:00%2B02:00", ["bob"]],
  ] as const
) {
  Deno.test(`the list finds ${names.join(" and ") || "nobody"} by ${query}`, async () => {
    await using service = await createOperatedContext();
    const people = await createPeople(service);

    assert.deepEqual(await listIds(service, query), names.map((name) => people[name]));
  });
}

Deno.test("the list has each verification once over all pages", async () => {
  await using service = await createOperatedContext();
  const { ada, bob, cyd } = await createPeople(service);
  const seen: string[] = [];
  let cursor: string | null = "";

  while (cursor !== null) {
    const query = cursor === "" ? "" : `&cursor=${cursor}`;
    const { body } = await callOperator(service, `verifications?limit=1${query}`);
    seen.push(...body.verifications.map((one: Record<string, string>) => one["identity_id"]));
    cursor = body["next_cursor"];
  }

  assert.deepEqual(seen, [cyd, bob, ada]);
});

Deno.test("an identity whose status changes is in one list only", async () => {
  await using service = await createOperatedContext();
  const identityId = await service.register();
  const [execution] = service.jumio.executions;

  await service.jumio.finish(execution?.id ?? "", "passed");
  await service.drain();

  const rows = await service.store.list({ prefix: ["verification_by_status"] }, { limit: 10 });
  assert.deepEqual(rows.map(({ key: [, status, , id] }) => [status, id]), [[
    "verified",
    identityId,
  ]]);
});

Deno.test("an identity is found by its id and by that of its execution", async () => {
  await using service = await createOperatedContext();
  const { bob } = await createPeople(service);
  const execution = service.jumio.executions[1];

  const byIdentity = await callOperator(service, `verifications/${bob}`);
  const byExecution = await callOperator(service, `verifications/${execution?.id}`);

  assert.deepEqual(byExecution, byIdentity);
  assert.equal(byIdentity.status, 200);
  assert.deepEqual(byIdentity.body, {
    "identity_id": bob,
    "verification": {
      "identity_id": bob,
      "status": "rejected",
      "verdict": "FAILED",
      "account_id": execution?.accountId,
      "workflow_execution_id": execution?.id,
      "accepted_at": "2026-05-04T10:00:00.000Z",
      "initiated_at": "2026-05-04T10:00:00.000Z",
      "decided_at": "2026-05-04T10:00:00.000Z",
      "valid_until": null,
      "detail": null,
      "round": 1,
      "execution_count": 1,
      "executions_allowed": null,
      "changed_at": "2026-05-04T10:00:00.001Z",
      "gone_at": null,
    },
    "executions": [{
      "workflow_execution_id": execution?.id,
      "created_at": "2026-05-04T10:00:00.000Z",
      "settled_at": "2026-05-04T10:00:00.000Z",
      "outcome": "applied",
      "conclusion": "decided",
      "verdict": "FAILED",
      "round": 1,
    }],
    "erasure": null,
    "ory": { "state": "same", "reason": null, "differences": [] },
  });
});

Deno.test("the timeline has everything that happened, in order", async () => {
  await using service = await createOperatedContext();
  const identityId = await service.register();
  const [execution] = service.jumio.executions;
  service.jumio.faults.callbacks = "repeat";
  await service.moveClock(1_000);
  await service.jumio.finish(execution?.id ?? "", "rejected");
  await service.drain();
  await service.advance(60_000);
  await service.hook("/jumio/initiate", { "identity_id": identityId });

  const { body } = await callOperator(service, `verifications/${identityId}/timeline`);

  const shown = body.events.map(({ at, event, outcome }: Record<string, string>) =>
    [at?.slice(14, 19), event, outcome].join(" ")
  );
  assert.deepEqual(shown, [
    "00:00 hook accepted",
    "00:00 hook duplicate",
    "00:00 start applied",
    "00:00 publish applied",
    "00:01 callback accepted",
    "00:01 callback duplicate",
    "00:01 check applied",
    "00:01 publish applied",
    "01:01 confirm applied",
  ]);
  assert(!JSON.stringify(body).match(/ada@|eyJ|https?:/));
});

Deno.test("the timeline has a repeat that coincided with another change of its job", async () => {
  await using memory = createMemoryStore();
  let isContended = false;
  const store: Store = {
    ...memory,
    async commit(write) {
      const isLost = isContended && (write.checks ?? []).length > 0;
      return isLost ? false : await memory.commit(write);
    },
  };
  await using service = await createOperatedContext({ store });
  const identityId = await service.register();
  const [execution] = service.jumio.executions;
  service.jumio.faults.callbacks = "drop";
  service.jumio.faults.isDown = true;
  await service.jumio.finish(execution?.id ?? "", "passed");
  service.jumio.faults.callbacks = "deliver";
  await service.jumio.sendCallback(execution?.id ?? "");
  isContended = true;
  await service.jumio.sendCallback(execution?.id ?? "");
  isContended = false;

  const { body } = await callOperator(service, `verifications/${identityId}/timeline`);

  const callbacks = body.events.filter(({ event }: { event: string }) => event === "callback");
  assert.deepEqual(callbacks.map(({ outcome }: { outcome: string }) => outcome), [
    "accepted",
    "duplicate",
  ]);
});

Deno.test("the timeline has one event for all retries, and one for all polls", async () => {
  await using service = await createOperatedContext();
  const identityId = await service.register();
  service.kratos.faults.isAdminDown = true;
  service.jumio.faults.callbacks = "drop";
  for (let minutes = 0; minutes < 300; minutes += 5) await service.advance(5 * 60_000);
  const [execution] = service.jumio.executions;
  await service.jumio.finish(execution?.id ?? "", "rejected");
  for (let minutes = 0; minutes < 300; minutes += 5) await service.advance(5 * 60_000);

  const { body } = await callOperator(service, `verifications/${identityId}/timeline`);

  const events = body.events.map(({ event }: { event: string }) => event);
  assert.equal(events.filter((event: string) => event === "poll").length, 1);
  assert.equal(events.filter((event: string) => event === "retry").length, 1);
  const retry = body.events.find(({ event }: { event: string }) => event === "retry");
  assert.equal(retry.reason, "kratos_status");
  assert(retry.failures > 20);
});

Deno.test("the timeline has each event once over all pages", async () => {
  await using service = await createOperatedContext();
  const identityId = await service.register();
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  await service.advance(60_000);
  // Looking is an event too, once in an hour.
  await callOperator(service, `verifications/${identityId}/timeline`);
  const whole = await callOperator(service, `verifications/${identityId}/timeline`);
  const seen: unknown[] = [];
  let cursor: string | null = "";

  while (cursor !== null) {
    const query = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `verifications/${identityId}/timeline?limit=2${query}`;
    const { body } = await callOperator(service, path);
    seen.push(...body.events);
    cursor = body["next_cursor"];
  }

  assert.deepEqual(seen, whole.body.events);
});
