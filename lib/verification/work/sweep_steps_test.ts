// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  askForSweep,
  createSweepingInstance,
  identityIdOf,
  listedIdentity,
  storePending,
  SWEEP_NOW,
} from "../../../tests/support/sweep.ts";
import { readJob } from "../../jobs/job.ts";
import type { IdentityPage, ListedIdentity } from "../../kratos/identities.ts";
import type { Store } from "../../kv/store.ts";
import { UpstreamError } from "../../upstream/error.ts";
import { PUBLISH, SWEEP, SWEEP_ID } from "../job_kinds.ts";
import { readSweep } from "../sweep.ts";

const MINUTE = 60_000;

/** Identities with records. Those with a number up to `differing` lost their metadata. */
async function createIdentities(
  store: Store,
  { count, differing = 0 }: { count: number; differing?: number },
): Promise<ListedIdentity[]> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const identities = await Promise.all(numbers.map((number) => storePending(store, number)));
  return identities.map((identity, index) =>
    index < differing ? { ...identity, jumio: undefined } : identity
  );
}

async function countPublications(store: Store): Promise<number> {
  return (await store.list({ prefix: ["job", PUBLISH.name] }, { limit: 2_000 })).length;
}

Deno.test("handleSweep() goes on where an instance died, not from the beginning", async () => {
  await using store = createMemoryStore();
  const clock = { now: SWEEP_NOW };
  const identities = await createIdentities(store, { count: 250, differing: 2 });
  const never = new Promise<IdentityPage>(() => {});
  const dying = createSweepingInstance(store, {
    identities,
    clock,
    listIdentities: ({ pageToken } = {}) =>
      pageToken === undefined
        ? Promise.resolve({ identities: identities.slice(0, 100), nextPageToken: "100" })
        : never,
  });
  await askForSweep(store);
  await dying.jobs.drain();
  clock.now += 1_000;
  dying.jobs.wake();
  // Its second call never ends, and neither does the instance's stop().
  while (dying.listed.length < 2) await new Promise((resolve) => setTimeout(resolve));
  const next = createSweepingInstance(store, { identities, clock });

  await next.advance(2 * MINUTE);
  await next.jobs.stop();

  assert.deepEqual(dying.listed, [undefined, "100"]);
  assert.deepEqual(next.listed, ["100", "200"]);
  const { last } = await readSweep(store, { now: clock.now });
  assert.deepEqual([last?.counts.lookedAt, last?.counts.published], [250, 2]);
});

Deno.test("handleSweep() lists each page once, although two instances run", async () => {
  await using store = createMemoryStore();
  const clock = { now: SWEEP_NOW };
  const identities = await createIdentities(store, { count: 450 });
  const instances = [1, 2].map(() => createSweepingInstance(store, { identities, clock }));
  await askForSweep(store);

  for (let second = 0; second < 20; second++) {
    await Promise.all(instances.map(({ jobs }) => jobs.drain()));
    clock.now += 1_000;
  }
  for (const { jobs } of instances) await jobs.stop();

  const listed = instances.flatMap(({ listed }) => listed.map((token) => token ?? "0"));
  assert.deepEqual(listed.sort(), ["0", "100", "200", "300", "400"]);
  assert.equal((await readSweep(store, { now: clock.now })).last?.counts.lookedAt, 450);
});

Deno.test("handleSweep() repairs at most five identities in a second", async () => {
  await using store = createMemoryStore();
  const clock = { now: SWEEP_NOW };
  const identities = await createIdentities(store, { count: 20, differing: 12 });
  const instance = createSweepingInstance(store, { identities, clock });
  await askForSweep(store);
  const counted: number[] = [];

  await instance.jobs.drain();
  counted.push(await countPublications(store));
  for (let second = 1; second < 4; second++) {
    await instance.advance(1_000);
    counted.push(await countPublications(store));
  }
  await instance.jobs.stop();

  assert.deepEqual(counted, [5, 10, 12, 12]);
});

Deno.test("handleSweep() stops if more than 5 % of the first 1,000 identities differ", async () => {
  await using store = createMemoryStore();
  const clock = { now: SWEEP_NOW };
  const identities = await createIdentities(store, { count: 1_100, differing: 51 });
  const instance = createSweepingInstance(store, { identities, clock });
  await askForSweep(store);

  await instance.jobs.drain();
  await instance.advance(2 * MINUTE);

  const stopped = await readSweep(store, { now: clock.now });
  assert.deepEqual([stopped.state, stopped.last?.end], ["stopped", "stopped"]);
  assert.deepEqual(instance.read, []);
  assert.equal(await countPublications(store), 0);
  assert(instance.lines.some((line) => /"error".*Stopped the sweep: too many/.test(line)));
  assert.equal((await readJob(store, { kind: SWEEP, id: SWEEP_ID })).value, null);

  assert.equal(await askForSweep(store, { now: clock.now }), "stopped");
  assert.equal(await askForSweep(store, { isConfirmed: true, now: clock.now }), "requested");
  await instance.jobs.drain();
  await instance.advance(2 * MINUTE);
  await instance.jobs.stop();

  const repaired = await readSweep(store, { now: clock.now });
  assert.deepEqual([repaired.state, repaired.last?.counts.published], ["waiting", 51]);
});

Deno.test("handleSweep() repairs 5 %, but nothing before the first 1,000 identities are compared", async () => {
  await using store = createMemoryStore();
  const clock = { now: SWEEP_NOW };
  const identities = await createIdentities(store, { count: 1_100, differing: 50 });
  const instance = createSweepingInstance(store, { identities, clock });
  await askForSweep(store);

  await instance.jobs.drain();
  await instance.advance(8_000);
  assert.deepEqual([instance.listed.length, instance.read], [9, []]);
  await instance.advance(MINUTE);
  await instance.jobs.stop();

  assert.equal((await readSweep(store, { now: clock.now })).last?.counts.published, 50);
});

Deno.test("handleSweep() waits as long as Ory asks, and then goes on", async () => {
  await using store = createMemoryStore();
  const clock = { now: SWEEP_NOW };
  const identities = [listedIdentity(1)];
  const options = { action: "list identities", status: 429, retryAfterMs: 45_000 };
  let isBusy = true;
  const instance = createSweepingInstance(store, {
    identities,
    clock,
    listIdentities() {
      if (!isBusy) return Promise.resolve({ identities, nextPageToken: undefined });
      isBusy = false;
      return Promise.reject(new UpstreamError("kratos", "status", options));
    },
  });
  await askForSweep(store);

  await instance.jobs.drain();
  await instance.advance(44_000);
  assert.equal(instance.listed.length, 1);
  await instance.advance(2_000);
  await instance.jobs.stop();

  assert.equal(instance.listed.length, 2);
});

Deno.test("handleSweep() leaves out an identity that Ory can never read, and repairs the others", async () => {
  await using store = createMemoryStore();
  const clock = { now: SWEEP_NOW };
  const identities = await createIdentities(store, { count: 3, differing: 2 });
  const instance = createSweepingInstance(store, {
    identities,
    clock,
    kratos: {
      getJumioMetadata(id) {
        const options = { action: "read an identity", status: 500 };
        return id === identityIdOf(1)
          ? Promise.reject(new UpstreamError("kratos", "status", options))
          : Promise.resolve(null);
      },
    },
  });
  await askForSweep(store);

  await instance.jobs.drain();
  await instance.advance(2 * MINUTE);
  await instance.jobs.stop();

  const { last } = await readSweep(store, { now: clock.now });
  assert.deepEqual([last?.counts.failed, last?.counts.published], [1, 1]);
});

Deno.test("handleSweep() starts over if Ory does not accept the page token any more", async () => {
  await using store = createMemoryStore();
  const clock = { now: SWEEP_NOW };
  const identities = await createIdentities(store, { count: 2 });
  let refusals = 0;
  const instance = createSweepingInstance(store, {
    identities,
    clock,
    listIdentities({ pageToken } = {}) {
      if (pageToken === undefined) {
        const nextPageToken = refusals === 0 ? "old" : undefined;
        return Promise.resolve({ identities, nextPageToken });
      }
      refusals++;
      const options = { action: "list identities", status: 400 };
      return Promise.reject(new UpstreamError("kratos", "status", options));
    },
  });
  await askForSweep(store);

  await instance.jobs.drain();
  await instance.advance(2 * MINUTE);
  await instance.jobs.stop();

  const { last } = await readSweep(store, { now: clock.now });
  assert.deepEqual([refusals, last?.end, last?.counts.lookedAt], [3, "finished", 2]);
});
