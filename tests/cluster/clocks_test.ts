// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { startDenokv } from "../../sandbox/processes/denokv.ts";
import { type Fleet, startFleet } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

const SECOND = 1_000;

/** Starts an instance for each clock: how many milliseconds it is ahead. */
async function startSkewed(
  skewsMs: readonly number[],
  { perSecond, kvPath, accessToken }: { perSecond: number; kvPath: string; accessToken: string },
): Promise<Fleet> {
  const preload = new URL("../support/skewed_clock.ts", import.meta.url);
  return await startFleet({
    instances: skewsMs.length,
    kvPath,
    runArgs: (instance) => [`--preload=${preload}?ms=${skewsMs[instance]}`],
    env: { "DENO_KV_ACCESS_TOKEN": accessToken, "JUMIO_STARTS_PER_SECOND": String(perSecond) },
  });
}

/** Registers more people at once, and waits until each has an execution, and for what may follow. */
async function registerAll(fleet: Fleet, more: number): Promise<void> {
  const count = fleet.jumio.executions.length + more;
  const registered = Array.from(
    { length: more },
    () => fleet.kratos.register({ email: `${crypto.randomUUID()}@example.com` }),
  );
  await Promise.all(registered);
  await waitUntil("everybody has an execution", () => fleet.jumio.executions.length >= count, {
    deadlineMs: 60 * SECOND,
  });
  // A start that looks as if its lease had ended would be made again now.
  await new Promise((resolve) => setTimeout(resolve, 3 * SECOND));
}

function mostWithin(windowMs: number, times: readonly number[]): number {
  const counts = times.map((from) =>
    times.filter((at) => at >= from && at < from + windowMs).length
  );
  return Math.max(...counts);
}

for (const skewsMs of [[28_000, -28_000], [0, 120_000], [-45_000, 0]]) {
  Deno.test(`instances whose clocks are ${skewsMs.join(" and ")} ms ahead start everybody once, and keep the account limit`, async () => {
    await using denokv = await startDenokv();
    const { url: kvPath, accessToken } = denokv;
    await using fleet = await startSkewed(skewsMs, { perSecond: 4, kvPath, accessToken });
    await registerAll(fleet, 1); // everybody has the access token then, and creates do not wait for it
    fleet.jumio.faults.slowMs = 2 * SECOND;
    await registerAll(fleet, 24);

    const { executions } = fleet.jumio;
    const times = executions.map(({ createdAt }) => createdAt);
    assert.equal(new Set(executions.map(({ userReference }) => userReference)).size, 25);
    assert.equal(executions.length, 25);
    assert(mostWithin(10 * SECOND, times) <= 44, `${mostWithin(10 * SECOND, times)} in 10 s`);
    assert(mostWithin(SECOND, times) <= 8, `${mostWithin(SECOND, times)} in a second`);
  });
}
