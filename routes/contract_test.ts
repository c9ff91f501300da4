// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { EVENT_TYPES, VerificationEvent } from "../lib/verification/event.ts";
import { PublishedMetadata } from "../lib/verification/published_metadata.ts";
import type { TestContext } from "../tests/support/context.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../tests/support/operator_api.ts";
import { describeSchemas, describeWebhooks } from "./contract.ts";

/** All nine fields and no other. */
function assertContract(service: TestContext, identityId: string): PublishedMetadata {
  const metadata = service.metadata(identityId);
  assert.deepEqual(
    Object.keys(metadata).sort(),
    Object.keys(PublishedMetadata.unwrap().shape).sort(),
  );
  return PublishedMetadata.parse(metadata);
}

for (
  const [outcome, status] of [
    [undefined, "pending"],
    ["passed", "verified"],
    ["warning", "review"],
    ["rejected", "rejected"],
    ["abandoned", "expired"],
    ["inconclusive", "pending"],
  ] as const
) {
  Deno.test(`the metadata of a person who is ${outcome ?? "not at Jumio yet"} keeps the contract`, async () => {
    await using service = await createOperatedContext();

    const identityId = await createPerson(service, outcome === undefined ? {} : { outcome });

    assert.equal(assertContract(service, identityId).status, status);
  });
}

Deno.test("the metadata of an erased person keeps the contract", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });

  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(60_000);

  const metadata = assertContract(service, identityId);
  assert.deepEqual([metadata.status, metadata.verification_url], ["verified", null]);
});

Deno.test("the metadata without PUBLIC_URL keeps the contract", async () => {
  await using service = await createOperatedContext({ env: { "PUBLIC_URL": "" } });

  const identityId = await createPerson(service);

  assert.match(assertContract(service, identityId).verification_url ?? "", /jumio\.ai/);
});

Deno.test("an app can tell a check that has not begun from one without a conclusion", async () => {
  await using service = await createOperatedContext();

  const notBegun = await createPerson(service);
  const before = assertContract(service, notBegun);
  await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", "inconclusive");
  await service.drain();
  const after = assertContract(service, notBegun);

  assert.deepEqual([before.status, before.detail], ["pending", null]);
  assert.deepEqual([after.status, after.detail], ["pending", "inconclusive"]);
});

Deno.test("describeSchemas() has the metadata and the event, with a description of each field", () => {
  const { JumioMetadata, VerificationEvent: event } = describeSchemas();

  assert.deepEqual(Object.keys(Object(JumioMetadata["properties"])), [
    "status",
    "verdict",
    "account_id",
    "workflow_execution_id",
    "verification_url",
    "initiated_at",
    "decided_at",
    "valid_until",
    "detail",
  ]);
  assert.deepEqual(
    Object.keys(Object(event["properties"])),
    Object.keys(VerificationEvent.unwrap().shape),
  );
  const fields = Object.values<{ description?: string }>(Object(JumioMetadata["properties"]));
  for (const { description } of fields) assert.match(description ?? "", /\w/);
});

Deno.test("describeSchemas() forbids no field that may come", () => {
  assert.doesNotMatch(JSON.stringify(describeSchemas()), /additionalProperties/);
});

Deno.test("describeWebhooks() has each type of event, with the headers of Standard Webhooks", () => {
  const webhooks = describeWebhooks();

  assert.deepEqual(Object.keys(webhooks), EVENT_TYPES);
  const text = JSON.stringify(webhooks);
  for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
    assert(text.includes(`"name":"${name}","in":"header"`), name);
  }
});
