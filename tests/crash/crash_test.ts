import assert from "node:assert/strict";
import { type Outcome, OUTCOMES } from "../../sandbox/simulators/jumio/simulator.ts";
import { type Fleet, metadataOf, startFleet } from "../../sandbox/processes/fleet.ts";
import { assertJobsCounted } from "../support/job_counts.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

/** `deno task test:crash` has all of it; `-- --short` is for the gate. */
const isShort = Deno.args.includes("--short");
const IDENTITIES = isShort ? 60 : 300;
const KILLS = isShort ? 5 : 25;

/** A lease, a back-off step and a good deal more. */
const DEADLINE_MS = 180_000;

const STATUSES: Readonly<Record<Outcome, string>> = {
  "passed": "verified",
  "warning": "review",
  "rejected": "rejected",
  "inconclusive": "pending",
  "abandoned": "expired",
  "link_expired": "expired",
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Registers people, a few at once. A hook that no instance took is sent again, as an operator does. */
async function registerAll(fleet: Fleet): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (next < IDENTITIES) {
      const email = `p${next++}@example.com`;
      const { identityId = "" } = await fleet.kratos.register({ email });
      while (await fleet.hook(0, { path: "/jumio/initiate", identityId }).catch(() => 0) !== 200) {
        await pause(200);
      }
    }
  }));
}

/** Ends the executions that people were sent to, a random one at a time. Returns what came of them. */
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
    await pause(20);
  }
  return outcomes;
}

/** Presses the person's button: from then on their execution is polled, if no callback arrives. */
async function sendToJumio(fleet: Fleet, identityId: string): Promise<void> {
  const { origin, pathname, searchParams } = new URL(
    String(metadataOf(fleet, identityId)["verification_url"]),
  );
  await waitUntil("a press leads to Jumio", async () => {
    const init = { method: "POST", headers: { origin }, body: searchParams } as const;
    const response = await fetch(origin + pathname, { ...init, redirect: "manual" });
    await response.body?.cancel();
    return response.status === 303;
  }, { deadlineMs: DEADLINE_MS });
}

/** Kills the service in the midst of its work, again and again. */
async function killAll(fleet: Fleet): Promise<void> {
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(100 + Math.random() * 900);
    await fleet.kill(0);
    await fleet.start(0);
  }
}

/** Upstreams that fail now and then: never more than the next two calls of each. */
async function disturb(
  { jumio, kratos }: Fleet,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    await pause(100);
    if (Math.random() < 0.3) jumio.faults.nextStatuses.splice(0, 2, 503, 429);
    if (Math.random() < 0.3) kratos.faults.nextStatuses.splice(0, 2, 500, 429);
    if (Math.random() < 0.05) jumio.faults.losesNextAnswer = true;
  }
  jumio.faults.nextStatuses.length = 0;
  kratos.faults.nextStatuses.length = 0;
  jumio.faults.losesNextAnswer = false;
}

Deno.test(`${KILLS} kills in the midst of ${IDENTITIES} registrations lose no verdict`, async () => {
  const folder = await Deno.makeTempDir({ prefix: "crash-" });
  await using fleet = await startFleet({
    instances: 1,
    kvPath: `${folder}/kv.sqlite3`,
    runArgs: [`--allow-read=${folder}`, `--allow-write=${folder}`],
    env: { "JUMIO_STARTS_PER_SECOND": "100", "RECONCILE_AFTER_SECONDS": "5" },
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
  await fleet.kill(0);
  await assertJobsCounted(`${folder}/kv.sqlite3`);
  await Deno.remove(folder, { recursive: true });
});
