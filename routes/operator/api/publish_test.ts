// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { PUBLISH } from "../../../lib/verification/job_kinds.ts";
import { readJob } from "../../../lib/jobs/job.ts";
import { type Verification, verificationKey } from "../../../lib/verification/rows.ts";
import { assertUntouched } from "../../../tests/support/assert_untouched.ts";
import type { TestContext } from "../../../tests/support/context.ts";
import { writeMetadataPublic } from "../../../tests/support/metadata.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
  readActions,
  secretIdOf,
} from "../../../tests/support/operator_api.ts";

const UNKNOWN_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";

function publish(
  service: TestContext,
  id: string,
  body: unknown = {},
): ReturnType<typeof callOperator> {
  return callOperator(service, `verifications/${id}/publish`, { body });
}

async function readRecord({ store }: TestContext, id: string): Promise<Verification | null> {
  return (await store.get<Verification>(verificationKey(id))).value;
}

for (const outcome of [undefined, "passed", "warning", "rejected", "link_expired"] as const) {
  Deno.test(`publish heals lost metadata after ${outcome ?? "a start"}, and records who did it`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, outcome === undefined ? {} : { outcome });
    await service.advance(60_000);
    const before = service.metadata(identityId);
    await writeMetadataPublic(service, { identityId, value: null });

    const answer = await publish(service, identityId);

    assert.equal(answer.status, 200);
    assert.deepEqual([answer.body.outcome, answer.body.ory.state], ["published", "same"]);
    assert(answer.body.differed.includes("status"));
    assert.deepEqual(service.metadata(identityId), before);
    assert.deepEqual(await readActions(service, identityId), [{
      action: "publish",
      outcome: "published",
      differences: answer.body.differed.join(" "),
      by: "grace",
      "secret_id": await secretIdOf(service),
    }]);
  });
}

Deno.test("publish finds an identity by the id of its execution", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });

  const answer = await publish(service, service.jumio.executions[0]?.id ?? "");

  assert.deepEqual([answer.body["identity_id"], answer.body.outcome], [identityId, "same"]);
});

Deno.test("publish brings back the record of an identity that was rejected before KV was lost", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const rows = await service.store.list({ prefix: [] }, { limit: 1_000 });
  await service.store.commit({ deletes: rows.map(({ key }) => key) });

  const answer = await publish(service, identityId);

  assert.deepEqual([answer.body.outcome, answer.body.verification.status], [
    "adopting",
    "rejected",
  ]);
  assert.equal((await readActions(service, identityId)).length, 1);
});

Deno.test("publish publishes again what was taken for deleted in Ory", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const record = await readRecord(service, identityId);
  await service.store.commit({
    sets: [{ key: verificationKey(identityId), value: { ...record, goneAt: service.clock.now } }],
  });

  for (const body of [{}, { force: true }]) {
    await writeMetadataPublic(service, { identityId, value: null });
    const answer = await publish(service, identityId, body);
    assert.deepEqual([answer.body.outcome, answer.body.ory.state], ["published", "same"]);
    assert.equal((await readRecord(service, identityId))?.goneAt, null);
  }
});

Deno.test("publish changes nothing while Ory cannot be read", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await service.advance(60_000);
  service.kratos.faults.isAdminDown = true;

  const answer = await publish(service, identityId);

  assert.equal(answer.status, 503);
  assert.equal((await readJob(service.store, { kind: PUBLISH, id: identityId })).value, null);
  assert.deepEqual(await readActions(service, identityId), []);
});

Deno.test("publish says that Ory does not know the identity", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await service.fetch(`${service.env["KRATOS_ADMIN_URL"]}/admin/identities/${identityId}`, {
    method: "DELETE",
  });

  const answer = await publish(service, identityId);
  const unknown = await publish(service, UNKNOWN_ID);

  assert.deepEqual([answer.status, answer.body.outcome], [200, "unknown_identity"]);
  assert.equal(answer.body.ory.state, "unknown_identity");
  assert.equal(unknown.status, 404);
});

for (const body of [{ force: "yes" }, []]) {
  Deno.test(`publish refuses the body ${JSON.stringify(body)}`, async () => {
    await using service = await createOperatedContext();

    const answer = await publish(service, UNKNOWN_ID, body);

    assert.equal(answer.status, 400);
    await assertUntouched(service);
  });
}

Deno.test("publish refuses an id that is none", async () => {
  await using service = await createOperatedContext();

  const answer = await publish(service, "nobody");

  assert.equal(answer.status, 404);
  await assertUntouched(service);
});

Deno.test("two publications at once write the identity and leave no job behind", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await service.advance(60_000);
  await writeMetadataPublic(service, { identityId, value: null });

  const answers = await Promise.all([publish(service, identityId), publish(service, identityId)]);
  // The second request may come while the job of the first runs, which then runs once more.
  await service.drain();
  await service.advance(60_000);
  await service.advance(60_000);

  assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
  assert.equal(service.metadata(identityId)["status"], "rejected");
  assert.equal((await readJob(service.store, { kind: PUBLISH, id: identityId })).value, null);
});
