// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  createPersonService,
  finishExecution,
  followButton,
  showPage,
} from "../../tests/support/person_page.ts";
import { createCallsKey, MAX_CREATES_A_DAY } from "../../lib/verification/create_calls.ts";
import { PAUSED_STARTS_KEY } from "../../lib/verification/held_starts.ts";

const MINUTE = 60_000;

Deno.test("a person who presses while starts are paused is told to try again in a minute", async () => {
  await using service = await createPersonService();
  await service.store.commit({ sets: [{ key: PAUSED_STARTS_KEY, value: { v: 1, at: 0 } }] });
  const identityId = await service.register();
  await service.drain();

  const title = await followButton(service, identityId);

  assert.equal(title, "Please try again in a minute");
  assert.equal(service.jumio.executions.length, 0);
});

Deno.test("the page tells a person with six create calls in 24 hours to contact support, without a button", async () => {
  await using service = await createPersonService({
    env: { "SUPPORT_URL": "https://example.com/help" },
  });
  const identityId = await service.register();
  await finishExecution(service, "abandoned");
  const calls = Array(MAX_CREATES_A_DAY).fill({ at: service.clock.now, tokenHash: null });
  await service.store.commit({
    sets: [{ key: createCallsKey(identityId), value: { v: 1, calls, probedAt: null } }],
  });

  const page = await (await service.send(service.link(identityId))).text();

  assert.match(page, /contact our support team/);
  assert.match(page, /https:\/\/example\.com\/help/);
  assert.doesNotMatch(page, /<form/);
  assert.equal(await followButton(service, identityId), "No more attempts for now");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("a press each 3 seconds while create calls are carried out and fail makes at most six executions", async () => {
  await using service = await createPersonService();
  service.jumio.faults.failsAfterStart = true;
  const identityId = await service.register();
  await service.drain();

  for (let at = 0; at < 10 * MINUTE; at += 3_000) {
    await followButton(service, identityId);
    await service.advance(3_000);
  }

  assert(service.jumio.executions.length <= MAX_CREATES_A_DAY);
});

for (const [name, web] of [["null", null], ["a text", "x"], ["a relative link", { href: "/x" }]]) {
  Deno.test(`an answer with both ids whose web is ${name} counts, and the page says that there is no link`, async () => {
    await using service = await createPersonService();
    service.jumio.faults.webOfStarts = web;
    const identityId = await service.register();
    await service.advance(1_000);

    assert.equal(service.jumio.executions.length, 1);
    assert.notEqual(service.metadata(identityId)["workflow_execution_id"], null);
    assert.equal(await followButton(service, identityId), "The verification cannot be opened");
  });
}

Deno.test("the page of a person whose start waits says that it is being prepared", async () => {
  await using service = await createPersonService();
  service.jumio.faults.failsAfterStart = true;
  const identityId = await service.register();
  await service.drain();

  assert.equal(await showPage(service, identityId), "We are preparing your verification");
});
