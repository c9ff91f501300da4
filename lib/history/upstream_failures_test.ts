// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { readCounts } from "./hourly_counts.ts";
import { recordUpstreamFailure, upstreamFailureKey } from "./upstream_failures.ts";

const NOW = Date.UTC(2026, 4, 4);

Deno.test("recordUpstreamFailure() keeps the last failure of each upstream, and counts all", async () => {
  await using store = createMemoryStore();
  const last = { reason: "status", status: 500, now: NOW + 1 };

  await store.commit(recordUpstreamFailure("jumio", { reason: "timeout", status: null, now: NOW }));
  await store.commit(recordUpstreamFailure("jumio", last));
  await store.commit(
    recordUpstreamFailure("kratos", { reason: "network", status: null, now: NOW }),
  );

  const rows = await store.getMany([upstreamFailureKey("jumio"), upstreamFailureKey("kratos")]);
  assert.deepEqual(rows.map(({ value }) => value), [
    { v: 1, at: NOW + 1, reason: "status", status: 500 },
    { v: 1, at: NOW, reason: "network", status: null },
  ]);
  const [hour] = await readCounts(store, { now: NOW, hours: 1 });
  assert.deepEqual([hour?.counts.jumio_failures, hour?.counts.kratos_failures], [2, 1]);
});
