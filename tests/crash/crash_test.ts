// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { delay } from "../../lib/deadline.ts";
import { type Outcome, OUTCOMES } from "../../sandbox/simulators/jumio/simulator.ts";
import { type Fleet, metadataOf, startFleet } from "../../sandbox/processes/fleet.ts";
import { assertJobsCounted } from "../support/job_counts.ts";
import { startReceiver } from "../support/receiver_server.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

/** `.ci/run` uses `-- --short`. */
const isShort = Deno.args.includes("--short");
const IDENTITIES = isShort ? 60 : 300;
const KILLS = isShort ? 5 : 25;

/** Much longer than a lease and a retry delay. */
const DEADLINE_MS = 180_000;

const STATUSES: Readonly<Record<Outcome, string>> = {
  "passed": "verified",
  "warning": "review",
  "rejected": "rejected",
  "inconclusive": "pending",
  "abandoned": "expired",
  "link_expired": "expired",
};

/** Registers people, some at the same time. Repeats hooks that failed, as an operator does. */
async function registerAll(fleet: Fleet): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (next < IDENTITIES) {
      const email = `p${next++}@example.com`;
      const { identityId = "" } = await fleet.kratos.register({ email });
      while (await fleet.hook(0, { path: "/jumio/initiate", identityId }).catch(() => 0) !== 200) {
        await delay(200);
      }
    }
  }));
}

/** Sends each person to Jumio and ends the execution with a random outcome. Returns the outcomes. */
async function finishAll(fleet: Fleet): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const end = performance.now() + DEADLINE_MS;
  while (outcomes.size < IDENTITIES) {
    assert(performance.now() < end, `Only ${outcomes.size} were started in time`);
    for (const identityId of fleet.kratos.identities.keys()) {
      const executionId = metadataOf(fleet, identityId)["workflow_execution_id"];
      if (outcomes.has(identityId) || typeof executionId !== "string") continue;
      const outcome = OUTCOMES[Math.floor(Math.random() * OUTCOMES.length)] ?? "passed";
      outcomes.set(identityId, outcome);
      await sendToJumio(fleet, identityId);
      await fleet.jumio.finish(executionId, outcome);
    }
    await delay(20);
  }
  return outcomes;
}

/** Presses the button of the person's page. The service then polls if no callback arrives. */
async function sendToJumio(fleet: Fleet, identityId: string): Promise<void> {
  const { origin, pathname, searchParams } = new URL(
    String(metadataOf(fleet, identityId)["verification_url"]),
  );
  await waitUntil("the button leads to Jumio", async () => {
    const init = { method: "POST", headers: { origin }, body: searchParams } as const;
    const response = await fetch(origin + pathname, { ...init, redirect: "manual" });
    await response.body?.cancel();
    return response.status === 303;
  }, { deadlineMs: DEADLINE_MS });
}

/** Kills the service repeatedly during its work. */
async function killAll(fleet: Fleet): Promise<void> {
  for (let kill = 0; kill < KILLS; kill++) {
    await delay(100 + Math.random() * 900);
    await fleet.kill(0);
    await fleet.start(0);
  }
}

/** Lets the upstreams fail now and then, for at most the next two calls of each. */
async function disturb(
  { jumio, kratos }: Fleet,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    await delay(100);
    if (Math.random() < 0.3) jumio.faults.nextStatuses.splice(0, 2, 503, 429);
    if (Math.random() < 0.3) kratos.faults.nextStatuses.splice(0, 2, 500, 429);
    if (Math.random() < 0.05) jumio.faults.losesNextAnswer = true;
  }
  jumio.faults.nextStatuses.length = 0;
  kratos.faults.nextStatuses.length = 0;
  jumio.faults.losesNextAnswer = false;
}

Deno.test(`${KILLS} kills during ${IDENTITIES} registrations lose no verdict`, async () => {
  const folder = await Deno.makeTempDir({ prefix: "crash-" });
  await using application = startReceiver();
  application.failing = 0.1;
  await using fleet = await startFleet({
    instances: 1,
    kvPath: `${folder}/kv.sqlite3`,
    runArgs: [`--allow-read=${folder}`, `--allow-write=${folder}`],
    env: {
      "JUMIO_STARTS_PER_SECOND": "100",
      "RECONCILE_AFTER_SECONDS": "5",
      ...application.env,
    },
  });
  let isOver = false;
  const disturbed = disturb(fleet, () => isOver);

  const killed = killAll(fleet).then(() => {
    isOver = true;
  });
  const registered = registerAll(fleet);
  const outcomes = await finishAll(fleet);
  await Promise.all([killed, registered, disturbed]);
  const wrong = () =>
    [...outcomes].filter(([identityId, outcome]) =>
      metadataOf(fleet, identityId)["status"] !== STATUSES[outcome]
    );
  await waitUntil("every verdict is right", () => wrong().length === 0, { deadlineMs: DEADLINE_MS })
    .catch(() => {});

  assert.deepEqual(
    wrong().map(([identityId, outcome]) => [outcome, metadataOf(fleet, identityId)]),
    [],
  );
  assert.equal(outcomes.size, IDENTITIES);
  const untold = () =>
    [...outcomes].filter(([identityId, outcome]) => {
      const told = application.changes().get(identityId)?.join();
      return told !== [...new Set(["pending", STATUSES[outcome]])].join();
    });
  await waitUntil("the application knows every change", () => untold().length === 0, {
    deadlineMs: DEADLINE_MS,
  }).catch(() => {});
  assert.deepEqual([untold(), application.wrong], [[], []]);
  await fleet.kill(0);
  await assertJobsCounted(`${folder}/kv.sqlite3`);
  await Deno.remove(folder, { recursive: true });
});
