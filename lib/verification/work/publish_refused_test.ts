import assert from "node:assert/strict";
import { createTestContext } from "../../../tests/support/context.ts";
import { writeMetadataPublic } from "../../../tests/support/metadata.ts";
import { type DeadLetter, deadLetterKey } from "../../jobs/dead_letters.ts";
import { PUBLISH } from "../job_kinds.ts";

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
