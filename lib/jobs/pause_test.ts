// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { requestTestPublish } from "../../tests/support/jobs.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { PUBLISH, START } from "../verification/job_kinds.ts";
import { claimJobs } from "./claim.ts";
import { pauseKey, pauseKind, readPause } from "./pause.ts";
import { createRateLimit } from "./rate_limit.ts";

const NOW = 1_000;

for (
  const rateLimit of [
    undefined,
    createRateLimit({ kind: PUBLISH, monotonic: () => NOW, perSecond: 1 }),
  ]
) {
  const how = rateLimit === undefined ? "" : " under a rate limit";
  Deno.test(`claimJobs() claims nothing of a paused kind${how}, until it is resumed`, async () => {
    await using store = createMemoryStore();
    await requestTestPublish(store);
    await store.commit(pauseKind(PUBLISH, { reason: "test", now: NOW }));
    const options = { kind: PUBLISH, now: () => NOW, limit: 8, rateLimit };

    const paused = await claimJobs(store, options);
    await store.commit({ deletes: [pauseKey(PUBLISH)] });
    const resumed = await claimJobs(store, options);

    assert.deepEqual(paused, { jobs: [], nextDueAt: Infinity, isCaughtUp: false });
    assert.deepEqual(resumed.jobs.map(({ id }) => id), ["a"]);
  });
}

Deno.test("pauseKind() pauses no other kind", async () => {
  await using store = createMemoryStore();
  await requestTestPublish(store);
  await store.commit(pauseKind(START, { reason: "test", now: NOW }));

  const { jobs } = await claimJobs(store, { kind: PUBLISH, now: () => NOW, limit: 8 });

  assert.equal(jobs.length, 1);
  assert.deepEqual((await readPause(store, START)).value, {
    v: 1,
    pausedAt: NOW,
    reason: "test",
  });
});
