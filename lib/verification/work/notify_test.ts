// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext, type TestContext } from "../../../tests/support/context.ts";
import { createPerson } from "../../../tests/support/operator_api.ts";
import { type Delivery, EVENTS_ENV } from "../../../tests/support/receiver.ts";
import { readPause } from "../../jobs/pause.ts";
import { NOTIFY } from "../job_kinds.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function createService(): Promise<TestContext> {
  return createTestContext({ env: EVENTS_ENV });
}

/** What was delivered: the statuses before and after each change. */
function changesOf({ receiver }: TestContext): string[] {
  return receiver.deliveries.map(({ event: { data } }) =>
    `${data["previous_status"]} > ${data.status}`
  );
}

/** Lets an event that waits for another one go. */
async function passSeconds(service: TestContext): Promise<void> {
  for (let second = 0; second < 3; second++) await service.advance(SECOND);
}

async function countWaiting({ store }: TestContext): Promise<number> {
  return (await store.list({ prefix: ["job", "notify"] }, { limit: 100 })).length;
}

function answerWith(status: number, headers: Record<string, string> = {}): () => Response {
  return () => new Response(null, { status, headers });
}

Deno.test("handleNotify() delivers each change once, with what the identity says", async () => {
  await using service = await createService();

  const identityId = await createPerson(service, { outcome: "passed" });
  await passSeconds(service);

  const metadata = service.metadata(identityId);
  const [first, second] = service.receiver.deliveries.map(({ event }) => event.data);
  assert.deepEqual(changesOf(service), ["none > pending", "pending > verified"]);
  assert.deepEqual({ ...second, sequence: 0 }, {
    "identity_id": identityId,
    "status": "verified",
    "previous_status": "pending",
    "verdict": "PASSED",
    "detail": null,
    "workflow_execution_id": metadata["workflow_execution_id"],
    "decided_at": metadata["decided_at"],
    "valid_until": null,
    "sequence": 0,
  });
  assert(first && second && first.sequence < second.sequence);
  await service.advance(DAY);
  assert.equal(service.receiver.deliveries.length, 2);
});

Deno.test("handleNotify() delivers nothing while EVENTS_URL is not set, and nothing is stored", async () => {
  await using service = await createTestContext();

  await createPerson(service, { outcome: "passed" });
  await service.advance(HOUR);

  const rows = await service.store.list({ prefix: [] }, { limit: 100 });
  assert.deepEqual(service.receiver.deliveries, []);
  assert.deepEqual(rows.filter(({ key }) => key.includes("notify")), []);
});

Deno.test("handleNotify() delivers a change when Ory has it", async () => {
  await using service = await createService();
  const seen: unknown[] = [];
  service.receiver.answer = ({ event: { data } }) => {
    seen.push(service.metadata(data["identity_id"])["status"]);
    return answerWith(200)();
  };

  await createPerson(service, { outcome: "rejected" });
  await passSeconds(service);

  assert.deepEqual(seen, ["pending", "rejected"]);
});

Deno.test("handleNotify() delivers a change after a minute if Ory cannot be written", async () => {
  await using service = await createService();
  const identityId = await createPerson(service);
  const [execution] = service.jumio.executions;
  service.kratos.faults.isAdminDown = true;
  await service.jumio.finish(execution?.id ?? "", "passed");
  await service.drain();
  await service.advance(59 * SECOND);
  const before = changesOf(service);
  await service.advance(2 * SECOND);

  assert.deepEqual(before, ["none > pending"]);
  assert.deepEqual(changesOf(service), ["none > pending", "pending > verified"]);
  assert.equal(service.metadata(identityId)["status"], "pending");
});

Deno.test("handleNotify() waits with the first event until Jumio has made the execution", async () => {
  await using service = await createService();
  service.jumio.faults.isDown = true;
  const identityId = await createPerson(service);
  await service.advance(90 * SECOND);
  const before = changesOf(service);
  service.jumio.faults.isDown = false;

  await service.advance(HOUR);

  assert.deepEqual(before, []);
  assert.deepEqual(changesOf(service).slice(0, 1), ["none > pending"]);
  assert.match(String(service.metadata(identityId)["verification_url"]), /^https:/);
});

Deno.test("handleNotify() retries with the same webhook-id, and signs each attempt anew", async () => {
  await using service = await createService();
  service.receiver.answer = answerWith(500);
  await createPerson(service);
  await service.advance(10 * SECOND);
  service.receiver.answer = answerWith(204);

  // The reference library refuses a timestamp that is more than five minutes old.
  await service.advance(HOUR);

  const ids = service.receiver.deliveries.map(({ webhookId }) => webhookId);
  assert.deepEqual([ids.length, new Set(ids).size], [3, 1]);
  assert.equal(await countWaiting(service), 0);
});

for (const status of [301, 400, 401, 404, 409, 422, 429, 500, 503]) {
  Deno.test(`handleNotify() retries for three days after answers of ${status}`, async () => {
    await using service = await createService();
    service.receiver.answer = answerWith(status, { location: "https://app.example.com/other" });

    await createPerson(service);
    const first = service.receiver.deliveries.length;
    for (let hour = 0; hour < 71; hour++) await service.advance(HOUR);

    assert.equal(first, 1);
    assert.equal(await countWaiting(service), 1);
    assert(service.receiver.deliveries.length > 10);
  });
}

Deno.test("handleNotify() honours Retry-After, but not longer than an hour", async () => {
  await using service = await createService();
  service.receiver.answer = answerWith(503, { "retry-after": "7200" });
  await createPerson(service);

  await service.advance(HOUR - SECOND);
  const early = service.receiver.deliveries.length;
  await service.advance(SECOND);

  assert.deepEqual([early, service.receiver.deliveries.length], [1, 2]);
});

Deno.test("handleNotify() delivers an identity's changes in order while the first one fails", async () => {
  await using service = await createService();
  service.receiver.answer = answerWith(500);
  await createPerson(service, { outcome: "passed" });
  await service.advance(90 * SECOND);
  const before = new Set(changesOf(service));
  service.receiver.answer = answerWith(200);

  await service.advance(HOUR);
  await passSeconds(service);

  assert.deepEqual([...before], ["none > pending"]);
  assert.deepEqual(changesOf(service).slice(-2), ["none > pending", "pending > verified"]);
});

Deno.test("handleNotify() delivers other identities' changes while one identity's fail", async () => {
  await using service = await createService();
  const broken = await createPerson(service);
  service.receiver.answer = ({ event: { data } }: Delivery) =>
    answerWith(data["identity_id"] === broken ? 500 : 200)();
  const [execution] = service.jumio.executions;
  await service.jumio.finish(execution?.id ?? "", "passed");
  await service.advance(SECOND);

  await createPerson(service, { email: "other@example.com", outcome: "rejected" });
  await passSeconds(service);

  assert.deepEqual(changesOf(service).slice(-2), ["none > pending", "pending > rejected"]);
});

Deno.test("handleNotify() goes on with the next change after three days of failures", async () => {
  await using service = await createService();
  service.receiver.answer = ({ event: { data } }) =>
    answerWith(data.status === "pending" ? 500 : 200)();
  await createPerson(service, { outcome: "passed" });

  for (let hour = 0; hour < 71; hour++) await service.advance(HOUR);
  const before = changesOf(service).includes("pending > verified");
  for (let hour = 0; hour < 12; hour++) await service.advance(HOUR);

  const letters = await service.store.list({ prefix: ["dead_letter", "notify"] }, { limit: 2 });
  assert.equal(before, false);
  assert.equal(changesOf(service).at(-1), "pending > verified");
  assert.equal(letters.length, 1);
});

Deno.test("handleNotify() pauses all deliveries after a 410, keeps the events and says so", async () => {
  await using service = await createService();
  service.receiver.answer = answerWith(410);
  await createPerson(service, { outcome: "passed" });
  await createPerson(service, { email: "other@example.com" });

  await service.advance(4 * DAY);

  assert.equal(service.receiver.deliveries.length, 1);
  assert.equal(await countWaiting(service), 3);
  assert.equal((await readPause(service.store, NOTIFY)).value?.reason, "answered_410");
  const lines = service.lines.filter((line) => line.includes("wants no more events"));
  assert.match(lines.join("\n"), /^\{.*"level":"error".*\}$/);
});

Deno.test("a receiver that hangs delays no registration, no verdict and no publication", async () => {
  await using service = await createService();
  const { promise: hung, resolve } = Promise.withResolvers<Response>();
  service.receiver.answer = () => hung;
  await service.register();

  service.clock.now += SECOND; // Jumio's account limit
  const identityId = await service.register("other@example.com");
  const execution = String(service.metadata(identityId)["workflow_execution_id"]);
  await service.jumio.finish(execution, "passed");
  await service.context.jobs.attempt(NOTIFY, "none");
  while (service.metadata(identityId)["status"] !== "verified") await new Promise(setImmediate);

  resolve(answerWith(200)());
  await passSeconds(service);
  assert.equal(await countWaiting(service), 0);
});
