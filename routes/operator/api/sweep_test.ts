// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../../tests/support/context.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
  registerWithoutHooks,
} from "../../../tests/support/operator_api.ts";
import { writeMetadataPublic } from "../../../tests/support/metadata.ts";
import { forgetEverything } from "../../../tests/support/person_page.ts";

const MINUTE = 60_000;

/** Runs a sweep to its end. Returns what the API then says. */
// deno-lint-ignore no-explicit-any -- tests read answers of every form
async function sweep(service: TestContext, body: Record<string, boolean> = {}): Promise<any> {
  const requested = await callOperator(service, "sweep", { body });
  assert.equal(requested.body.outcome, "requested");
  for (let second = 0; second < 20; second++) await service.advance(1_000);
  return (await callOperator(service, "sweep")).body;
}

function countWrites({ kratos }: TestContext): number {
  return kratos.calls.filter(({ method }) => method !== "GET").length;
}

Deno.test("sweep puts back a rejection that was lost, and the sign-in is refused again", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await service.advance(2 * MINUTE);
  await writeMetadataPublic(service, { identityId, value: null });

  const { state, last } = await sweep(service);

  assert.equal(state, "waiting");
  assert.deepEqual([last.counts.differing, last.counts.published], [1, 1]);
  assert.equal(service.metadata(identityId)["status"], "rejected");
  assert.equal((await sweep(service)).last.counts.differing, 0);
});

Deno.test("sweep adopts an identity whose record was lost while it was pending, and its verdict arrives", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  const [execution] = service.jumio.executions;
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(execution?.id ?? "", "rejected");
  await forgetEverything(service);

  const { last } = await sweep(service);

  assert.deepEqual([last.counts.adopting, last.counts.started], [1, 0]);
  assert.equal(service.metadata(identityId)["status"], "rejected");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("sweep keeps a decision whose record was lost", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  await forgetEverything(service);

  await sweep(service);

  assert.equal(service.metadata(identityId)["status"], "verified");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("sweep counts people who registered while the service was down, and status says so", async () => {
  await using service = await createOperatedContext();
  await createPerson(service);
  const missing = await registerWithoutHooks(service, "bob@example.com");
  await service.moveClock(MINUTE);

  const { never_started: count, last } = await sweep(service);

  assert.deepEqual([count, last["never_started_ids"]], [1, [missing]]);
  const status = await callOperator(service, "status");
  assert.equal(status.body.sweep["never_started"], 1);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("sweep starts people who registered after START_MISSING_SINCE, at the rate of the account", async () => {
  await using service = await createOperatedContext({
    env: { "START_MISSING_SINCE": "2026-05-01" },
  });
  await createPerson(service);
  for (const name of ["bob", "cyd", "dan"]) {
    await registerWithoutHooks(service, `${name}@example.com`);
  }
  await service.moveClock(MINUTE);

  const { never_started: count, last } = await sweep(service);

  assert.deepEqual([count, last.counts.started], [0, 3]);
  assert.equal(service.jumio.executions.length, 4);
  assert.equal((await sweep(service)).last.counts.started, 0);
});

Deno.test("sweep does not touch identities that were erased", async () => {
  await using service = await createOperatedContext({
    env: { "START_MISSING_SINCE": "2026-05-01" },
  });
  const identityId = await createPerson(service, { outcome: "passed" });
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(2 * MINUTE);
  await writeMetadataPublic(service, { identityId, value: null });
  const before = countWrites(service);

  const { last } = await sweep(service);

  assert.deepEqual([last.counts.differing, last.counts.started], [0, 0]);
  assert.equal(countWrites(service), before);
});

Deno.test("a dry run of the sweep writes nothing to Ory, and starts nobody", async () => {
  await using service = await createOperatedContext({
    env: { "START_MISSING_SINCE": "2026-05-01" },
  });
  const identityId = await createPerson(service, { outcome: "rejected" });
  await registerWithoutHooks(service, "bob@example.com");
  await service.advance(2 * MINUTE);
  await writeMetadataPublic(service, { identityId, value: null });
  const before = countWrites(service);

  const { last, last_dry_run: dryRun } = await sweep(service, { "dry_run": true });

  assert.equal(last, null);
  assert.deepEqual([dryRun.counts.differing, dryRun.counts.started], [1, 1]);
  assert.deepEqual([dryRun.counts.published, dryRun["requested_by"]], [0, "grace"]);
  assert.equal(countWrites(service), before);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("a second request for a sweep follows the one that is under way", async () => {
  await using service = await createOperatedContext();
  service.kratos.faults.isAdminDown = true;
  await callOperator(service, "sweep", { body: {} });
  await service.drain();

  const { body } = await callOperator(service, "sweep", { body: { "dry_run": true } });

  assert.equal(body.outcome, "under_way");
  assert.equal(body.sweep.progress["dry_run"], false);
});

Deno.test("the next sweep comes by itself after SWEEP_EVERY_HOURS", async () => {
  await using service = await createOperatedContext({ env: { "SWEEP_EVERY_HOURS": "6" } });
  await service.context.planSweep();
  await service.advance(MINUTE);
  await service.advance(1_000);
  const first = (await callOperator(service, "sweep")).body.last;
  const identityId = await createPerson(service, { outcome: "passed" });
  await service.advance(2 * MINUTE);
  await writeMetadataPublic(service, { identityId, value: null });

  await service.advance(6 * 60 * MINUTE);
  for (let second = 0; second < 5; second++) await service.advance(1_000);

  const { last } = (await callOperator(service, "sweep")).body;
  assert.notEqual(last["started_at"], first["started_at"]);
  assert.equal(service.metadata(identityId)["status"], "verified");
});
