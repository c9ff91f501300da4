// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { DeadLetter } from "../../../lib/jobs/dead_letters.ts";
import { deadLetterKey } from "../../../lib/jobs/dead_letters.ts";
import { CHECK } from "../../../lib/verification/job_kinds.ts";
import type { TestContext } from "../../../tests/support/context.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../../../tests/support/operator_api.ts";
import { followButton, showPage } from "../../../tests/support/person_page.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CONFIRMED = { confirm: true };

/** What can be wrong with details for ever, and the reason of the dead letter. */
const FAULTS = [
  ["missing", "jumio_not_found", 26],
  ["malformed", "jumio_malformed", 1],
  ["too large", "jumio_too_large", 1],
  ["of another account", "read_back_mismatch", 1],
  // The callback is not believed for the first day. Then the status says the same.
  ["unfinished", "details_unfinished", 52],
] as const;

type Fault = typeof FAULTS[number][0];

/** A person who has finished, and whose result cannot be read. Returns the ids. */
async function finishUnread(
  service: TestContext,
  { details, hours }: { details: Fault; hours: number },
): Promise<{ identityId: string; executionId: string }> {
  const identityId = await createPerson(service);
  service.jumio.faults.details = details;
  const executionId = service.jumio.executions[0]?.id ?? "";
  await service.jumio.finish(executionId, "passed");
  for (let waited = 0; waited < hours * HOUR; waited += 10 * MINUTE) {
    await service.advance(10 * MINUTE);
  }
  return { identityId, executionId };
}

async function readLetter({ store }: TestContext, id: string): Promise<DeadLetter | null> {
  return (await store.get<DeadLetter>(deadLetterKey(CHECK, id))).value;
}

for (const [details, reason, hours] of FAULTS) {
  Deno.test(`details that are ${details} for ever: the check is a dead letter, and the person starts again`, async () => {
    await using service = await createOperatedContext();
    const { identityId, executionId } = await finishUnread(service, { details, hours });

    const letter = await readLetter(service, executionId);
    const title = await showPage(service, identityId);
    service.jumio.faults.details = undefined;
    await service.follow(identityId);
    await service.drain();
    const [first, second] = service.jumio.executions;
    await service.jumio.finish(second?.id ?? "", "passed");
    await service.drain();

    assert.equal(letter?.reason, reason);
    assert.equal(title, "The check could not be completed");
    assert.equal(second?.accountId, first?.accountId);
    assert.equal(service.metadata(identityId)["status"], "verified");
    assert.equal(service.metadata(identityId)["workflow_execution_id"], second?.id);
  });

  Deno.test(`details that are ${details} for ever: the operator's restart makes a new execution`, async () => {
    await using service = await createOperatedContext();
    const { identityId } = await finishUnread(service, { details, hours });

    const answer = await callOperator(service, `verifications/${identityId}/restart`, {
      body: CONFIRMED,
    });
    await service.drain();

    assert.equal(answer.status, 200);
    assert.equal(service.jumio.executions.length, 2);
    const newest = service.jumio.executions[1]?.id;
    assert.equal(service.metadata(identityId)["workflow_execution_id"], newest);
  });
}

Deno.test("a result that names another account: the person starts again while the old link still works", async () => {
  await using service = await createOperatedContext();
  const { identityId } = await finishUnread(service, { details: "of another account", hours: 0 });
  await service.advance(5_000);

  const response = await service.follow(identityId);

  assert.equal(service.jumio.executions.length, 2);
  assert.equal(response.headers.get("location"), service.jumio.executions[1]?.href);
});

Deno.test("a result that has not been readable for an hour: the page says whom to contact", async () => {
  await using service = await createOperatedContext({
    env: { "SUPPORT_URL": "https://help.test" },
  });
  const { identityId } = await finishUnread(service, { details: "missing", hours: 2 });

  const html = await (await service.send(service.link(identityId))).text();

  assert.match(html, /<h1>This is taking longer than usual<\/h1>/);
  assert.match(html, /href="https:\/\/help\.test"/);
  assert(!html.includes("<form"));
});

Deno.test("a result that has not been readable for an hour: a press waits, an operator's restart does not", async () => {
  await using service = await createOperatedContext();
  const { identityId } = await finishUnread(service, { details: "missing", hours: 2 });

  await followButton(service, identityId);
  const afterPress = service.jumio.executions.length;
  const answer = await callOperator(service, `verifications/${identityId}/restart`, {
    body: CONFIRMED,
  });
  await service.drain();

  assert.deepEqual([afterPress, answer.status, service.jumio.executions.length], [1, 200, 2]);
});

Deno.test("a result that is late by minutes is waited for, also by an operator's restart", async () => {
  await using service = await createOperatedContext();
  const { identityId } = await finishUnread(service, { details: "missing", hours: 0.5 });

  const answer = await callOperator(service, `verifications/${identityId}/restart`, {
    body: CONFIRMED,
  });

  assert.equal(answer.status, 409);
  assert.match(answer.body.detail, /refresh/);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("decide and start say what leads on where a result cannot be read", async () => {
  await using service = await createOperatedContext();
  const { identityId } = await finishUnread(service, { details: "malformed", hours: 1 });

  const decide = await callOperator(service, `verifications/${identityId}/decide`, {
    body: { status: "verified", reason: "seen" },
  });
  const start = await callOperator(service, `verifications/${identityId}/start`, { body: {} });

  assert.deepEqual([decide.status, start.status], [409, 409]);
  for (const { body } of [decide, start]) assert.match(body.detail, /restart/);
});

Deno.test("a replay reads the result, or says what leads on", async () => {
  await using service = await createOperatedContext();
  const { identityId, executionId } = await finishUnread(service, {
    details: "malformed",
    hours: 1,
  });
  const replay = () =>
    callOperator(service, `dead-letters/check/${executionId.toUpperCase()}/replay`, { body: {} });

  const failing = await replay();
  for (let minutes = 0; minutes < 30; minutes++) await service.advance(MINUTE);
  const isBack = await readLetter(service, executionId) !== null;
  service.jumio.faults.details = undefined;
  await replay();
  await service.drain();

  assert.match(failing.body.advice, /restart/);
  assert(isBack);
  assert.equal(service.metadata(identityId)["status"], "verified");
});
