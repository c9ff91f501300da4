// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  continueUnknown,
  createPersonService,
  finishExecution,
  followButton,
  showPage,
} from "../../tests/support/person_page.ts";
import { callOperator, OPERATOR_SECRET } from "../../tests/support/operator_api.ts";
import { createFakeOpenTelemetry } from "../../tests/support/telemetry.ts";
import { ALLOWED_BY_RESTART } from "../../lib/verification/execution_limit.ts";
import type { TestContext } from "../../tests/support/context.ts";

const SUPPORT = "No more attempts";
const DAY = 86_400_000;

/** A person who has had both of the executions that they may have. */
async function createAtLimit(
  { env, ...options }: Parameters<typeof createPersonService>[0] = {},
): Promise<{ service: TestContext; identityId: string }> {
  const service = await createPersonService({
    ...options,
    env: { "MAX_EXECUTIONS_PER_PERSON": "2", "OPERATOR_SECRET": OPERATOR_SECRET, ...env },
  });
  const identityId = await service.register();
  await service.drain();
  await finishExecution(service, "abandoned");
  assert.match(await followButton(service, identityId), /^https:/);
  await finishExecution(service, "abandoned");
  assert.equal(service.jumio.executions.length, 2);
  return { service, identityId };
}

async function restart(service: TestContext, identityId: string): Promise<number> {
  const body = { confirm: true };
  return (await callOperator(service, `verifications/${identityId}/restart`, { body })).status;
}

Deno.test("the page of a person at the limit has no button, leads to support, and a metric counts it", async () => {
  const telemetry = createFakeOpenTelemetry();
  const env = { "SUPPORT_URL": "https://example.com/help" };
  const { service, identityId } = await createAtLimit({ telemetry, env });

  const page = await (await service.send(service.link(identityId))).text();

  assert.match(page, new RegExp(`<h1>${SUPPORT}</h1>`));
  assert.match(page, /https:\/\/example\.com\/help/);
  assert.doesNotMatch(page, /<form/);
  assert.deepEqual(telemetry.points.filter(([name]) => name === "jumio_bridge.refusals"), [
    ["jumio_bridge.refusals", 1, { "http.route": "/jumio/verify", reason: "execution_limit" }],
  ]);
  await service[Symbol.asyncDispose]();
});

/** What a person, Ory or time can do. */
const WAYS: readonly [string, (service: TestContext, identityId: string) => Promise<unknown>][] = [
  ["a press", (service, id) => followButton(service, id)],
  ["a press on each of ten days", async (service, id) => {
    for (let day = 0; day < 10; day++) {
      await service.advance(DAY);
      await followButton(service, id);
    }
  }],
  [
    "ten presses at once",
    (service, id) => Promise.all(Array.from({ length: 10 }, () => followButton(service, id))),
  ],
  [
    "the registration hook again",
    async (service, identityId) => {
      const answer = await service.hook("/jumio/initiate", { "identity_id": identityId });
      assert.equal(answer.status, 200);
      await answer.body?.cancel();
    },
  ],
  ["a sign-in", (service) => service.signIn()],
  ["a sweep that starts who is missing", async (service) => {
    await service.context.planSweep();
    await service.advance(DAY);
    await service.advance(60_000);
    assert(service.lines.some((line) => line.includes("Finished a sweep")));
  }],
];

for (const [way, go] of WAYS) {
  Deno.test(`no further execution comes from ${way} of a person at the limit`, async () => {
    const { service, identityId } = await createAtLimit({
      env: { "START_MISSING_SINCE": "2026-01-01" },
    });

    await go(service, identityId);
    for (let minute = 0; minute < 5; minute++) await service.advance(60_000);

    assert.equal(service.jumio.executions.length, 2);
    assert.equal(await showPage(service, identityId), SUPPORT);
    await service[Symbol.asyncDispose]();
  });
}

Deno.test("the end of a validity gives a person at the limit no further execution", async () => {
  await using service = await createPersonService({
    env: { "MAX_EXECUTIONS_PER_PERSON": "1", "VERIFICATION_VALID_DAYS": "2" },
  });
  const identityId = await service.register();
  await finishExecution(service, "passed");

  for (let day = 0; day < 3; day++) await service.advance(DAY);

  assert.equal(service.metadata(identityId)["status"], "expired");
  assert.equal(await showPage(service, identityId), SUPPORT);
  assert.equal(await followButton(service, identityId), SUPPORT);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("an operator's restart allows a person at the limit a few executions more", async () => {
  const { service, identityId } = await createAtLimit();

  assert.equal(await restart(service, identityId), 200);

  for (let more = 1; more < ALLOWED_BY_RESTART; more++) {
    await service.advance(DAY);
    await finishExecution(service, "abandoned");
    assert.match(await followButton(service, identityId), /^https:/);
  }
  await service.advance(DAY);
  await finishExecution(service, "abandoned");
  assert.equal(await followButton(service, identityId), SUPPORT);
  assert.equal(service.jumio.executions.length, 2 + ALLOWED_BY_RESTART);
  await service[Symbol.asyncDispose]();
});

Deno.test("a result of the last execution counts, and its link works as long as any other", async () => {
  const { service, identityId } = await createAtLimit();
  await restart(service, identityId);

  assert.match(await followButton(service, identityId), /^https:/);
  await finishExecution(service, "passed");

  assert.equal(await showPage(service, identityId), "You are verified");
  await service[Symbol.asyncDispose]();
});

Deno.test("after an erasure nobody but an operator starts a person at the limit, and the count begins again", async () => {
  const env = { "START_MISSING_SINCE": "2026-01-01" };
  const { service, identityId } = await createAtLimit({ env });
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  for (let minute = 0; minute < 5; minute++) await service.advance(60_000);

  const pressed = await continueUnknown(service, identityId);
  await (await service.hook("/jumio/initiate", { "identity_id": identityId })).body?.cancel();
  await service.context.planSweep();
  await service.advance(DAY);
  assert.equal(pressed.status, 410);
  assert.equal(service.jumio.executions.length, 2);
  await callOperator(service, `verifications/${identityId}/start`, { body: {} });
  await service.drain();

  const shown = await callOperator(service, `verifications/${identityId}`);
  assert.equal(shown.body.verification["execution_count"], 1);
  await service[Symbol.asyncDispose]();
});

Deno.test("an execution whose answer was lost does not count against its person", async () => {
  await using service = await createPersonService({ env: { "MAX_EXECUTIONS_PER_PERSON": "1" } });
  service.jumio.faults.failsAfterStart = true;
  const identityId = await service.register();
  await service.drain();
  service.jumio.faults.failsAfterStart = false;

  for (let minute = 0; minute < 5; minute++) await service.advance(60_000);

  assert(service.jumio.executions.length > 1);
  assert.match(await followButton(service, identityId), /^https:/);
});
