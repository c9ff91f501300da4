// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createFlakyStore } from "../../tests/support/flaky_store.ts";
import { createMemoryStore, createTestLog } from "../../tests/support/memory_store.ts";
import { createSharedToken, RENEWAL_LEASE_MS, type Token } from "./_shared_token.ts";
import type { Store } from "../kv/store.ts";

const TOKEN: Token = { v: 1, token: "t-1", expiresAt: 3_600_000 };
const NONE = { key: ["access_token", "host", "client"], value: null, versionstamp: null };

function create(store: Store, { now = (): number => 0 } = {}) {
  const { log, lines } = createTestLog();
  return { shared: createSharedToken({ id: ["host", "client"], store, now, log }), lines };
}

Deno.test("SharedToken.read() gives the saved token", async () => {
  await using store = createMemoryStore();
  const { shared } = create(store);
  await shared.save(TOKEN);

  assert.deepEqual((await shared.read())?.value, TOKEN);
});

Deno.test("SharedToken.claimRenewal() gives the lease to one instance at a time", async () => {
  await using store = createMemoryStore();
  let now = 0;
  const { shared } = create(store, { now: () => now });

  const first = await shared.claimRenewal(NONE);
  const second = await shared.claimRenewal(NONE);
  now = RENEWAL_LEASE_MS;
  const afterwards = await shared.claimRenewal(NONE);

  assert.deepEqual([first, second, afterwards], [true, false, true]);
});

Deno.test("SharedToken.claimRenewal() refuses the lease where the token was renewed since", async () => {
  await using store = createMemoryStore();
  const { shared } = create(store);
  await shared.save(TOKEN);

  assert.equal(await shared.claimRenewal(NONE), false);
});

Deno.test("SharedToken.save() releases the lease", async () => {
  await using store = createMemoryStore();
  const { shared } = create(store);
  await shared.claimRenewal(NONE);

  await shared.save(TOKEN);

  const row = await shared.read();
  assert(row !== undefined);
  assert.equal(await shared.claimRenewal(row), true);
});

Deno.test("SharedToken.drop() deletes the token, but not another one", async () => {
  await using store = createMemoryStore();
  const { shared } = create(store);
  await shared.save(TOKEN);

  await shared.drop("t-0");
  const kept = (await shared.read())?.value;
  await shared.drop("t-1");

  assert.deepEqual([kept, (await shared.read())?.value], [TOKEN, null]);
});

Deno.test("SharedToken gives undefined while KV fails, and logs that without the token", async () => {
  const store = createFlakyStore({ isDown: true });
  const { shared, lines } = create(store);

  const results = [
    await shared.read(),
    await shared.claimRenewal(NONE),
    await shared.save(TOKEN),
    await shared.drop("t-1"),
  ];

  assert.deepEqual(results, [undefined, undefined, undefined, undefined]);
  assert.equal(lines.length, 4);
  assert(!lines.join().includes("t-1"));
  await store.close();
});
