// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createFlakyStore } from "../../tests/support/flaky_store.ts";
import { UpstreamError } from "../upstream/error.ts";
import { createProbe } from "./probe.ts";

Deno.test("a probe writes at most once a second, and always the same row", async () => {
  const store = createFlakyStore();
  let writes = 0;
  const counting = {
    commit: (write: Parameters<typeof store.commit>[0]) => (writes++, store.commit(write)),
  };
  const clock = { now: 0 };
  const probe = createProbe(counting, { now: () => 7, monotonic: () => clock.now });

  for (clock.now = 0; clock.now < 2_000; clock.now += 100) await Promise.all([probe(), probe()]);

  const rows = await store.list({ prefix: [] }, { limit: 10 });
  await store.close();
  assert.equal(writes, 2);
  assert.deepEqual(rows.map(({ key, value }) => [key, value]), [[["probe"], { v: 1, at: 7 }]]);
});

Deno.test("a probe fails while KV cannot be written, and recovers", async () => {
  const store = createFlakyStore({ isDown: true });
  const clock = { now: 0 };
  const probe = createProbe(store, { now: () => 0, monotonic: () => clock.now });

  await assert.rejects(probe(), UpstreamError);
  store.isDown = false;
  await probe();

  await store.close();
});
