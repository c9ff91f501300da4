// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext, type TestContext } from "../../tests/support/context.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const YEAR = { "VERIFICATION_VALID_DAYS": "365" };

async function createVerified(service: TestContext): Promise<string> {
  const identityId = await service.register();
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  await service.drain();
  assert.equal(service.metadata(identityId)["status"], "verified");
  return identityId;
}

/** Moves the clock as the service sees it: it works on what is due at any moment. */
async function pass(service: TestContext, days: number): Promise<void> {
  for (let day = 0; day < days; day++) await service.advance(DAY);
}

Deno.test("a verification ends on time, and the person's link leads to a new execution on the same account", async () => {
  await using service = await createTestContext({ env: YEAR });
  const decidedAt = service.clock.now;
  const identityId = await createVerified(service);
  const validUntil = new Date(decidedAt + 365 * DAY).toISOString();
  assert.equal(service.metadata(identityId)["valid_until"], validUntil);

  await pass(service, 364);
  await service.advance(DAY - 1);
  assert.equal(service.metadata(identityId)["status"], "verified");
  await service.advance(1);

  const ended = service.metadata(identityId);
  assert.deepEqual(
    [ended["status"], ended["verdict"], ended["detail"], ended["decided_at"], ended["valid_until"]],
    ["expired", null, "validity_ended", null, null],
  );
  const page = await service.send(service.link(identityId));
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<form[^>]+method="post"/);
  const pressed = await service.follow(identityId);
  const [first, second] = service.jumio.executions;
  assert.equal(pressed.headers.get("location"), second?.href);
  assert.equal(second?.accountId, first?.accountId);
  assert.equal(service.jumio.calls.filter(({ method }) => method === "PUT").length, 1);
  await pressed.body?.cancel();

  await service.jumio.finish(second?.id ?? "", "passed");
  await service.drain();
  const again = service.metadata(identityId);
  assert.deepEqual([again["status"], again["verdict"]], ["verified", "PASSED"]);
  assert.equal(
    again["valid_until"],
    new Date(decidedAt + 2 * 365 * DAY).toISOString(),
  );
});

Deno.test("a verification is valid for ever without VERIFICATION_VALID_DAYS", async () => {
  await using service = await createTestContext();
  const identityId = await createVerified(service);

  await pass(service, 3 * 365);

  const metadata = service.metadata(identityId);
  assert.deepEqual([metadata["status"], metadata["valid_until"]], ["verified", null]);
});

for (const [blocked, status] of [["rejected", 200], ["rejected,expired", 400]] as const) {
  Deno.test(`LOGIN_BLOCKED_STATUSES=${blocked} decides that an ended verification signs in with ${status}`, async () => {
    const env = { ...YEAR, "LOGIN_BLOCKED_STATUSES": blocked };
    await using service = await createTestContext({ env });
    await createVerified(service);

    await pass(service, 365);

    assert.equal((await service.signIn()).status, status);
  });
}

Deno.test("an end is published as soon as Ory answers again, after ten days of failures", async () => {
  await using service = await createTestContext({ env: YEAR });
  const identityId = await createVerified(service);
  await pass(service, 364);
  service.kratos.faults.isAdminDown = true;

  for (let step = 0; step < 11 * 24 * 6; step++) await service.advance(10 * MINUTE);
  assert.equal(service.metadata(identityId)["status"], "verified");
  assert(service.lines.some((line) => line.includes("The end of a verification is not on its")));
  service.kratos.faults.isAdminDown = false;
  for (let step = 0; step < 6; step++) await service.advance(10 * MINUTE);

  assert.equal(service.metadata(identityId)["status"], "expired");
});
