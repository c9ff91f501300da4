// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../../tests/support/operator_api.ts";
import type { TestContext } from "../../tests/support/context.ts";
import { copyStore } from "../../tests/support/store_copy.ts";
import { tombstoneKey, verificationKey } from "./rows.ts";

/** For the rate limit of starts. */
const SECOND = 1_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** What can be wrong with a row. */
const DAMAGES: readonly [name: string, value: unknown][] = [
  ["a text", "garbage"],
  ["a list", [1, 2]],
  ["a row of a newer version", { v: 99 }],
  ["a number", new Deno.KvU64(7n)],
];

/** A service in which each table has rows: Ada waits for Jumio, and Bo is verified. */
async function createUsedService(): Promise<TestContext & { ada: string; bo: string }> {
  const service = await createOperatedContext();
  const bo = await createPerson(service, { email: "bo@example.com", outcome: "passed" });
  await service.moveClock(SECOND);
  const ada = await createPerson(service, { email: "ada@example.com" });
  await service.follow(ada);
  await service.context.planSweep();
  await service.advance(MINUTE);
  return Object.assign(service, { ada, bo });
}

async function createRejected(service: TestContext, email = "cy@example.com"): Promise<string> {
  await service.moveClock(SECOND);
  return await createPerson(service, { email, outcome: "rejected" });
}

/** Everything that other people and operators need. */
async function assertWorking(service: TestContext, email: string): Promise<void> {
  const cy = await createRejected(service, email);
  assert.equal(service.metadata(cy)["status"], "rejected");
  assert.notEqual((await service.signIn(email)).status, 200);
  for (const path of ["status", "verifications", "dead-letters", `verifications/${cy}/timeline`]) {
    assert.equal((await callOperator(service, path)).status, 200, path);
  }
}

/** Reads Ada's and Bo's rows in each way in which the service does. */
function tableOf([table, kind]: Deno.KvKey): string {
  return table === "job" || table === "due" ? `${table}/${String(kind)}` : String(table);
}

async function readEverything(service: TestContext & { ada: string; bo: string }): Promise<void> {
  for (const [id, email] of [[service.ada, "ada@example.com"], [service.bo, "bo@example.com"]]) {
    await callOperator(service, `verifications/${id}`);
    await callOperator(service, `verifications/${id}/timeline`);
    await service.hook("/jumio/validate", { "identity_id": id, jumio: { status: "pending" } });
    await service.hook("/jumio/initiate", { "identity_id": id });
    await service.signIn(email);
    await service.follow(String(id)).catch(() => undefined);
  }
  for (const { id } of service.jumio.executions) await service.jumio.sendCallback(id);
  await callOperator(service, "status");
  await service.advance(DAY);
}

const TABLES = [
  "verification",
  "verification_by_status",
  "execution",
  "execution_link",
  "identity_execution",
  "callback_token",
  "settled",
  "callback",
  "job/check",
  "job/publish",
  "due/check",
  "due/publish",
  "job_count",
  "count",
  "timeline",
  "rate_limit",
  "access_token",
  "sweep",
];

for (const table of TABLES) {
  for (const [damage, value] of DAMAGES) {
    Deno.test(`${damage} in a row of ${table} disturbs nobody else`, async () => {
      await using service = await createUsedService();
      const damaged = (await copyStore(service.store)).find(({ key }) => tableOf(key) === table);
      assert(damaged);
      await service.store.commit({ sets: [{ key: damaged.key, value }] });

      await assertWorking(service, "cy@example.com");
      await readEverything(service);
      await assertWorking(service, "di@example.com");

      const other = service.lines.filter((line) => !line.includes("Set a bad row of KV aside"));
      assert.deepEqual(other.filter((line) => /"error"|Cannot work on jobs/.test(line)), []);
      const isSum = table === "count" || table === "job_count";
      const reports = service.lines.filter((line) => line.includes("Set a bad row of KV aside"));
      assert.equal(reports.length, isSum && value instanceof Deno.KvU64 ? 0 : 1);
    });
  }
}

/** Rows that no version writes, and the keys of which stand before all others of their list. */
const STRAYS: readonly [name: string, key: Deno.KvKey, value: unknown][] = [
  ["a due row with a text for a time", ["due", "start", "soon", "x"], null],
  ["a due row without an id", ["due", "check", 1], null],
  ["a dead letter of an unknown kind", ["dead_letter", "a_kind", "x"], { v: 1, kind: "a_kind" }],
  ["a dead letter that is a text", ["dead_letter", "start", "x"], "garbage"],
];

for (const [name, key, value] of STRAYS) {
  Deno.test(`${name} disturbs nobody`, async () => {
    await using service = await createUsedService();
    await service.store.commit({ sets: [{ key, value }] });

    await assertWorking(service, "cy@example.com");
    await readEverything(service);

    assert.equal((await service.store.get(key)).versionstamp, null);
    const reports = service.lines.filter((line) => line.includes("Set a bad row of KV aside"));
    assert.equal(reports.length, 1);
  });
}

Deno.test("twenty bad due rows at the head of the queue delay nobody", async () => {
  await using service = await createUsedService();
  const sets = Array.from({ length: 20 }, (_, index) => [
    { key: ["due", "start", "soon", `${index}`], value: null },
    { key: ["due", "check", 1, `${index}`], value: "garbage" },
    { key: ["job", "check", `${index}`], value: { v: 99 } },
  ]);
  await service.store.commit({ sets: sets.flat() });

  await assertWorking(service, "cy@example.com");
});

Deno.test("a job runs although its row in the order of due times is damaged", async () => {
  await using service = await createUsedService();
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", "passed");
  const { key } =
    (await copyStore(service.store)).find(({ key }) => tableOf(key) === "due/check") ??
      assert.fail();
  await service.store.commit({ sets: [{ key, value: "garbage" }] });

  await service.advance(DAY);

  assert.equal(service.metadata(service.ada)["status"], "verified");
});

Deno.test("a person stays erased whose tombstone is damaged", async () => {
  await using service = await createUsedService();
  await callOperator(service, `verifications/${service.bo}/erase`, { body: {} });
  await service.advance(DAY);
  const executions = service.jumio.executions.length;
  await service.store.commit({ sets: [{ key: tombstoneKey(service.bo), value: "garbage" }] });

  await service.hook("/jumio/initiate", { "identity_id": service.bo });
  await service.advance(DAY);

  assert.equal(service.jumio.executions.length, executions);
  assert.equal(
    (await callOperator(service, `verifications/${service.bo}`)).body.verification,
    null,
  );
});

Deno.test("a rejected person whose record is damaged stays rejected", async () => {
  await using service = await createUsedService();
  const cy = await createRejected(service);
  await service.store.commit({ sets: [{ key: verificationKey(cy), value: { v: 99 } }] });

  const status = (await service.signIn("cy@example.com")).status;
  await service.hook("/jumio/initiate", { "identity_id": cy });
  await service.advance(DAY);

  assert.notEqual(status, 200);
  assert.equal(service.metadata(cy)["status"], "rejected");
  const { body } = await callOperator(service, `verifications/${cy}`);
  assert.equal(body.verification.status, "rejected");
});

Deno.test("a job that is set aside is not counted as waiting any more", async () => {
  await using service = await createUsedService();
  const sets = [{ key: ["job", "check", String(service.jumio.executions.at(-1)?.id)], value: 1 }];
  const waiting = async () => (await callOperator(service, "status")).body.queues.check.waiting;
  const before = await waiting();

  await service.store.commit({ sets });
  await service.advance(DAY);

  assert.deepEqual([before, await waiting()], [1, 0]);
});
