// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { importIdentities } from "../../tests/support/imported.ts";
import { createTestContext } from "../../tests/support/context.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import type { Job } from "../../lib/jobs/job.ts";
import type { Store } from "../../lib/kv/store.ts";
import type { Write } from "../../lib/kv/write.ts";

/** A store that counts the round trips until a start is claimed. */
function createCountingStore(): { store: Store; count: () => number; reset: () => void } {
  const memory = createMemoryStore();
  let calls = 0;
  let untilClaimed: number | undefined;
  const counted = <Value>(call: Promise<Value>) => (calls++, call);
  const store: Store = {
    ...memory,
    get: (key) => counted(memory.get(key)),
    getMany: (keys) => counted(memory.getMany(keys)),
    list: (selector, options) => counted(memory.list(selector, options)),
    async commit(write) {
      const isCommitted = await counted(memory.commit(write));
      if (isCommitted && claimsStart(write)) untilClaimed ??= calls;
      return isCommitted;
    },
  };
  return {
    store,
    count: () => untilClaimed ?? Infinity,
    reset() {
      calls = 0;
      untilClaimed = undefined;
    },
  };
}

function claimsStart({ sets = [] }: Write): boolean {
  return sets.some(({ key, value }) =>
    key[0] === "job" && key[1] === "start" && (value as Job).leaseId !== null
  );
}

Deno.test("initiate needs three round trips to KV until its start is claimed", async () => {
  const { store, count, reset } = createCountingStore();
  await using service = await createTestContext({ store });
  await service.drain();
  const [identityId = ""] = await importIdentities(service, 1);
  reset();

  const response = await service.hook("/jumio/initiate", { "identity_id": identityId });

  assert.equal(response.status, 200);
  assert.equal(count(), 3);
});
