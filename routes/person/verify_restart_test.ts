// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  createPersonService,
  finishExecution,
  followButton,
  readTitle,
  SERVICE,
  showPage,
} from "../../tests/support/person_page.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

for (const outcome of ["abandoned", "link_expired", "inconclusive"] as const) {
  Deno.test(`the button after ${outcome} starts a new execution on the same account`, async () => {
    await using service = await createPersonService();
    const identityId = await service.register();
    await finishExecution(service, outcome);

    const to = await followButton(service, identityId);

    const [first, second] = service.jumio.executions;
    assert.equal(to, second?.href);
    assert.equal(second?.accountId, first?.accountId);
    assert.equal(second?.successUrl, `${SERVICE}/jumio/verify/return`);
    assert.equal(second?.errorUrl, `${SERVICE}/jumio/verify/return`);
    await service.drain();
    assert.equal(service.metadata(identityId)["status"], "pending");
    assert.equal(service.metadata(identityId)["workflow_execution_id"], second?.id);
  });
}

for (const minutes of [28.5, 45]) {
  Deno.test(`the button after ${minutes} minutes does not redirect to a link that has nearly or fully expired`, async () => {
    await using service = await createPersonService();
    const identityId = await service.register();
    await service.moveClock(minutes * MINUTE);

    const to = await followButton(service, identityId);

    assert.equal(service.jumio.executions.length, 2);
    assert.equal(to, service.jumio.executions[1]?.href);
  });
}

Deno.test("the button after the link has expired keeps an execution that the person has completed", async () => {
  await using service = await createPersonService();
  service.jumio.faults.callbacks = "drop";
  const identityId = await service.register();
  await followButton(service, identityId);
  await service.advance(29 * MINUTE);
  const [execution] = service.jumio.executions;
  assert(execution);
  execution.status = "ACQUIRED";
  await service.advance(5 * MINUTE);

  const whileChecking = await followButton(service, identityId);
  await finishExecution(service, "passed");
  const afterwards = await followButton(service, identityId);
  await service.drain();

  assert.equal(whileChecking, "We are checking your details");
  assert(!afterwards.startsWith("https"));
  assert.equal(service.jumio.executions.length, 1);
  assert.equal(await showPage(service, identityId), "You are verified");
});

for (const outcome of ["passed", "warning", "rejected"] as const) {
  Deno.test(`the button after ${outcome} starts nothing`, async () => {
    await using service = await createPersonService();
    const identityId = await service.register();
    await finishExecution(service, outcome);
    const calls = service.jumio.calls.length;

    const response = await service.follow(identityId);
    await service.advance(MINUTE);

    assert.equal(response.status, 200);
    assert.equal(await readTitle(response), await showPage(service, identityId));
    assert.equal(service.jumio.calls.length, calls);
  });
}

Deno.test("a verdict that arrives while a requested restart waits is kept", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();
  await service.moveClock(45 * MINUTE);
  service.jumio.faults.isDown = true;
  const waiting = await followButton(service, identityId);
  service.jumio.faults.isDown = false;

  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  await service.drain();
  await service.advance(60 * MINUTE);

  assert.equal(waiting, "Please try again in a minute");
  assert.equal(service.metadata(identityId)["status"], "verified");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("the button while Jumio is down asks to try again, and the request is kept", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();
  await finishExecution(service, "abandoned");
  service.jumio.faults.isDown = true;

  const response = await service.follow(identityId);
  service.jumio.faults.isDown = false;
  await service.advance(MINUTE);

  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), null);
  assert.equal(await readTitle(response), "Please try again in a minute");
  assert.equal(service.jumio.executions.length, 2);
  assert.equal(await followButton(service, identityId), service.jumio.executions[1]?.href);
});

Deno.test("ten simultaneous requests start one execution, and all are redirected to it", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();
  await finishExecution(service, "abandoned");

  const targets = await Promise.all(
    Array.from({ length: 10 }, () => followButton(service, identityId)),
  );

  assert.equal(service.jumio.executions.length, 2);
  assert.deepEqual(new Set(targets), new Set([service.jumio.executions[1]?.href]));
});

Deno.test("a person gets five new executions in a day, and the next one on the day after", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();
  for (let attempt = 1; attempt <= 5; attempt++) {
    await finishExecution(service, "abandoned");
    assert.match(await followButton(service, identityId), /^https:/);
    await service.advance(MINUTE);
  }
  await finishExecution(service, "abandoned");

  const response = await service.follow(identityId);
  const after = service.jumio.executions.length;
  await service.advance(DAY);
  const nextDay = await followButton(service, identityId);

  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), null);
  assert.equal(await readTitle(response), "No more attempts for now");
  assert.equal(after, 6);
  assert.match(nextDay, /^https:/);
});

Deno.test("after the last try of the day the page says so, without a button, and offers one a day later", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();
  await service.advance(DAY);
  for (let attempt = 1; attempt <= 5; attempt++) {
    await finishExecution(service, "abandoned");
    assert.match(await followButton(service, identityId), /^https:/);
    await service.advance(MINUTE);
  }
  await finishExecution(service, "abandoned");

  const page = await service.send(service.link(identityId));
  const pressed = await followButton(service, identityId);
  await service.advance(DAY);
  const nextDay = await showPage(service, identityId);

  assert.equal(page.status, 429);
  const html = await page.text();
  assert.match(html, /<h1>No more attempts for now<\/h1>/);
  assert.match(html, /in 24\u00A0hours/);
  assert.doesNotMatch(html, /<form/);
  assert.equal(pressed, "No more attempts for now");
  assert.equal(nextDay, "Please start your verification again");
});

Deno.test("a restart is done before the queue of starts", async () => {
  await using service = await createPersonService({ env: { "JUMIO_STARTS_PER_SECOND": "0.1" } });
  const identityId = await service.register();
  await finishExecution(service, "abandoned");
  const others = Array.from({ length: 3 }, () => crypto.randomUUID());
  await Promise.all(others.map(async (id) => {
    const response = await service.hook("/jumio/initiate", { "identity_id": id });
    await response.body?.cancel();
  }));

  const waiting = await followButton(service, identityId);
  await service.advance(10_000);

  assert.equal(waiting, "We are preparing your verification");
  assert.equal(service.jumio.executions.at(-1)?.userReference, identityId);
});
