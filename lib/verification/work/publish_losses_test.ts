// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext, type TestContext } from "../../../tests/support/context.ts";
import { type TimelineEvent, timelineKey } from "../../history/timeline.ts";
import { closeDeadLetter, type DeadLetter, deadLetterKey } from "../../jobs/dead_letters.ts";
import { readJob } from "../../jobs/job.ts";
import { decideReview } from "../../operator/review.ts";
import { ERASE, PUBLISH } from "../job_kinds.ts";
import { acceptErasure } from "../accept/erasure.ts";

const MINUTE = 60_000;
const OPERATOR = { name: "ada", secretId: "1" };

/** A person whose rejection was written, to an Ory that stores nothing from then on. */
async function rejectForNothing(service: TestContext): Promise<string> {
  const identityId = await service.register();
  service.kratos.faults.ignoresPatches = true;
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "rejected");
  await service.drain();
  return identityId;
}

async function waitMinutes(service: TestContext, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) await service.advance(MINUTE);
}

async function readLosses({ store }: TestContext, id: string): Promise<TimelineEvent[]> {
  const rows = await store.list<TimelineEvent>({ prefix: timelineKey(id) }, { limit: 100 });
  return rows.flatMap(({ value }) => value?.details["outcome"] === "lost" ? [value] : []);
}

function countLines({ lines }: TestContext, pattern: RegExp): number {
  return lines.filter((line) => pattern.test(line)).length;
}

async function readLetter(
  { store }: TestContext,
  kind: typeof PUBLISH | typeof ERASE,
  id: string,
): Promise<DeadLetter | null> {
  return (await store.get<DeadLetter>(deadLetterKey(kind, id))).value;
}

Deno.test("a rejection that Ory does not store is a failure, and then a dead letter, not a write a minute for ever", async () => {
  await using service = await createTestContext();
  const identityId = await rejectForNothing(service);
  const before = countLines(service, /Published a verification/);

  await waitMinutes(service, 24 * 60);

  const letter = await readLetter(service, PUBLISH, identityId);
  assert.deepEqual([letter?.reason, letter?.failures], ["identity_overwritten", 6]);
  assert.equal(countLines(service, /Published a verification/) - before, 6);
  assert.equal(countLines(service, /"level":"warn".*An identity lost what was written/), 2);
  assert.equal(countLines(service, /"level":"error".*An identity keeps losing/), 4);
  const losses = await readLosses(service, identityId);
  assert.deepEqual(losses.map(({ details }) => details["losses"]), [5]);
});

Deno.test("the third loss in a row is an error within ten minutes", async () => {
  await using service = await createTestContext();
  await rejectForNothing(service);

  await waitMinutes(service, 6);
  const early = countLines(service, /An identity keeps losing/);
  await waitMinutes(service, 4);

  assert.deepEqual([early, countLines(service, /An identity keeps losing/)], [0, 1]);
});

Deno.test("requests meanwhile do not hide that no write stays", async () => {
  await using service = await createTestContext();
  const identityId = await rejectForNothing(service);

  for (let minute = 0; minute < 90; minute++) {
    await service.advance(MINUTE);
    // The gate finds the difference at each sign-in.
    await service.signIn();
    await service.drain();
    if (await readLetter(service, PUBLISH, identityId) !== null) break;
  }

  assert.equal((await readLetter(service, PUBLISH, identityId))?.reason, "identity_overwritten");
});

Deno.test("a write that stays ends the count of losses", async () => {
  await using service = await createTestContext();
  const identityId = await rejectForNothing(service);
  await waitMinutes(service, 7);

  service.kratos.faults.ignoresPatches = false;
  await waitMinutes(service, 30);

  assert.equal(service.metadata(identityId)["status"], "rejected");
  assert.equal(await readLetter(service, PUBLISH, identityId), null);
  const { value: job } = await readJob(service.store, { kind: PUBLISH, id: identityId });
  assert.equal(job, null);
});

Deno.test("a decision that comes while a write waits for its confirmation is no loss", async () => {
  await using service = await createTestContext({ env: { JUMIO_WARNING_STATUS: "review" } });
  const identityId = await service.register();
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "warning");
  await service.drain();
  const { store, clock: { now } } = service;
  const decision = { identityId, status: "verified", reason: "seen", operator: OPERATOR } as const;
  await decideReview(store, { ...decision, now, validityMs: undefined });

  await service.drain();
  await waitMinutes(service, 3);

  assert.equal(service.metadata(identityId)["status"], "verified");
  assert.equal(countLines(service, /lost what was written/), 0);
});

Deno.test("a replay of losses tries as often again", async () => {
  await using service = await createTestContext();
  const identityId = await rejectForNothing(service);
  await waitMinutes(service, 90);
  const options = { kind: PUBLISH, id: identityId, action: "replay", operator: OPERATOR } as const;

  await closeDeadLetter(service.store, { ...options, now: service.clock.now });
  service.kratos.faults.ignoresPatches = false;
  await waitMinutes(service, 3);

  assert.equal(service.metadata(identityId)["status"], "rejected");
  assert.equal(await readLetter(service, PUBLISH, identityId), null);
});

Deno.test("an erasure that Ory does not store is a dead letter, too", async () => {
  await using service = await createTestContext();
  const identityId = await service.register();
  service.kratos.faults.ignoresPatches = true;
  const { store, clock: { now } } = service;
  await acceptErasure(store, { identityId, now, operator: OPERATOR });

  await waitMinutes(service, 24 * 60);

  assert.equal((await readLetter(service, ERASE, identityId))?.reason, "identity_overwritten");
  assert(service.jumio.executions.length > 0);
});
