// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext, type TestContext } from "../../../tests/support/context.ts";
import { writeMetadataPublic } from "../../../tests/support/metadata.ts";
import { type DeadLetter, deadLetterKey, listDeadLetters } from "../../jobs/dead_letters.ts";
import { acceptErasure } from "../accept/erasure.ts";
import { acceptRestart } from "../accept/restart.ts";
import { acceptSweep } from "../accept/sweep.ts";
import { PUBLISH } from "../job_kinds.ts";

const MINUTE = 60_000;
const OPERATOR = { name: "ada", secretId: "1" };

Deno.test("a rejection reaches an identity whose metadata_public is not an object", async () => {
  await using service = await createTestContext();
  const identityId = await service.register();
  await writeMetadataPublic(service, { identityId, value: "overwritten" });

  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "rejected");
  await service.drain();

  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("a publication that Ory refuses for ever is a dead letter at once, with the status", async () => {
  await using service = await createTestContext();
  const identityId = await service.register();
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "rejected");
  service.kratos.faults.nextStatuses.push(422);

  await service.jumio.sendCallback(service.jumio.executions[0]?.id ?? "");
  await service.drain();

  const { value } = await service.store.get<DeadLetter>(deadLetterKey(PUBLISH, identityId));
  assert.deepEqual([value?.reason, value?.status, value?.failures], ["patch_refused", 422, 0]);
});

/** Ory answers 400 to all calls from now on. */
function refuseAll({ kratos }: TestContext): void {
  kratos.faults.nextStatuses.push(...Array<number>(1_000).fill(400));
}

async function readLetters({ store }: TestContext): Promise<DeadLetter[]> {
  return [...(await listDeadLetters(store, { limit: 10 })).letters];
}

/** What brings a job to a call of Ory that is refused. */
const REFUSED_CALLS: readonly (readonly [
  job: string,
  call: string,
  provoke: (service: TestContext, identityId: string) => Promise<void>,
])[] = [
  ["start", "the read before a start", async (service, identityId) => {
    await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "abandoned");
    for (let minute = 0; minute < 5; minute++) await service.advance(MINUTE);
    refuseAll(service);
    await acceptRestart(service.store, {
      identityId,
      maxExecutions: 20,
      now: service.clock.now,
    });
  }],
  ["publish", "the patch of a verdict and the read after it", async (service) => {
    refuseAll(service);
    await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "rejected");
  }],
  ["publish", "the read that confirms a verdict", async (service) => {
    await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "rejected");
    await service.advance(5_000);
    refuseAll(service);
  }],
  ["erase", "the read before an erasure", async (service, identityId) => {
    refuseAll(service);
    const { store, clock: { now } } = service;
    await acceptErasure(store, { identityId, now, operator: OPERATOR });
  }],
  ["sweep", "the list", async (service) => {
    refuseAll(service);
    const { store, clock: { now } } = service;
    const options = { isDryRun: true, isConfirmed: false, operator: OPERATOR, now };
    await acceptSweep(store, options);
  }],
];

for (const [job, call, provoke] of REFUSED_CALLS) {
  Deno.test(`a ${job} is a dead letter within a quarter of an hour if Ory refuses ${call}`, async () => {
    await using service = await createTestContext({
      env: { "REVOKE_SESSIONS_ON_REJECTION": "true" },
    });
    const identityId = await service.register();
    await service.advance(5_000);
    await provoke(service, identityId);

    for (let minute = 0; minute < 15; minute++) await service.advance(MINUTE);

    const letters = await readLetters(service);
    assert.deepEqual(letters.map(({ kind }) => kind), [job]);
    assert.equal(letters[0]?.status, 400);
  });
}
