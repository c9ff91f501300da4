import assert from "node:assert/strict";
import type { Outcome } from "../../sandbox/simulators/jumio/simulator.ts";
import { type DenokvProcess, startDenokv } from "../../sandbox/processes/denokv.ts";
import { type Fleet, metadataOf, startFleet } from "../../sandbox/processes/fleet.ts";
import { assertJobsCounted } from "../support/job_counts.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

const OUTCOMES: readonly [outcome: Outcome, status: string][] = [
  ["passed", "verified"],
  ["rejected", "rejected"],
  ["warning", "review"],
  ["abandoned", "expired"],
];

/** A lease, and what an instance waits before it looks again. */
const DEADLINE_MS = 90_000;

async function startCluster(denokv: DenokvProcess): Promise<Fleet> {
  return await startFleet({
    instances: 2,
    kvPath: denokv.url,
    receivers: "all",
    env: { "DENO_KV_ACCESS_TOKEN": denokv.accessToken, "JUMIO_STARTS_PER_SECOND": "50" },
  });
}

/** Registers people one after the other; each hook goes to both instances at once. */
async function register(fleet: Fleet, count: number): Promise<string[]> {
  const people: string[] = [];
  for (let person = 0; person < count; person++) {
    const { identityId = "" } = await fleet.kratos.register({
      email: `${crypto.randomUUID()}@example.com`,
    });
    people.push(identityId);
  }
  await waitUntil(
    "every identity names its execution",
    () =>
      people.every((person) =>
        typeof metadataOf(fleet, person)["workflow_execution_id"] === "string"
      ),
    { deadlineMs: DEADLINE_MS },
  );
  return people;
}

/** Ends everybody's execution; each callback goes to both at once. Returns what it is answered. */
async function finish(fleet: Fleet, people: readonly string[]): Promise<unknown[]> {
  const deliveries = await Promise.all(people.map(async (person, index) => {
    const execution = String(metadataOf(fleet, person)["workflow_execution_id"]);
    return await fleet.jumio.finish(execution, OUTCOMES[index % OUTCOMES.length]?.[0] ?? "passed");
  }));
  return deliveries.flat().map(({ status }) => status);
}

async function waitForVerdicts(fleet: Fleet, people: readonly string[]): Promise<void> {
  const isRight = (person: string, index: number) =>
    metadataOf(fleet, person)["status"] === OUTCOMES[index % OUTCOMES.length]?.[1];
  await waitUntil("every verdict is right", () => people.every(isRight), {
    deadlineMs: DEADLINE_MS,
  });
}

function countPatches({ kratos }: Fleet, identityId: string): number {
  return kratos.calls.filter(({ method, path }) => method === "PATCH" && path.endsWith(identityId))
    .length;
}

async function statusOf(request: Promise<Response>): Promise<number> {
  const response = await request;
  await response.body?.cancel();
  return response.status;
}

Deno.test("two instances on one denokv", async (t) => {
  await using denokv = await startDenokv();
  await using fleet = await startCluster(denokv);
  const { jumio, urls: [first = ""] } = fleet;
  const executionsOf = (person: string) =>
    jumio.executions.filter(({ userReference }) => userReference === person);

  await t.step(
    "told everything at once, make one account an identity, one patch a verdict, one token for both",
    async () => {
      const people = await register(fleet, 24);
      const before = people.map((person) => countPatches(fleet, person));

      await finish(fleet, people);
      await waitForVerdicts(fleet, people);

      assert.deepEqual(people.map((person) => executionsOf(person).length), people.map(() => 1));
      assert.deepEqual(
        people.map((person, index) => countPatches(fleet, person) - (before[index] ?? 0)),
        people.map(() => 1),
      );
      assert.equal(jumio.calls.filter(({ path }) => path === "/oauth2/token").length, 1);
    },
  );

  await t.step("lose nothing when one of them is killed in the middle", async () => {
    const people = await register(fleet, 24);

    const finished = finish(fleet, people);
    await fleet.kill(1);
    await finished;
    await waitForVerdicts(fleet, people);
    await fleet.start(1);

    assert.deepEqual(people.map((person) => executionsOf(person).length), people.map(() => 1));
  });

  await t.step(
    "take nothing while denokv is gone, and go on by themselves when it is back",
    async () => {
      const people = await register(fleet, 4);
      await denokv.kill();

      const identityId = crypto.randomUUID();
      const hook = await fleet.hook(0, { path: "/jumio/initiate", identityId });
      const [health, ready] = await Promise.all([
        statusOf(fetch(`${first}/health`)),
        statusOf(fetch(`${first}/ready`)),
      ]);
      const signIn = await fleet.hook(0, { path: "/jumio/validate", identityId });
      const refusals = await finish(fleet, people);
      await denokv.start();
      for (const { id } of people.flatMap(executionsOf)) await jumio.sendCallback(id);
      await waitForVerdicts(fleet, people);
      const later = await register(fleet, 4);

      assert.deepEqual({ hook, health, ready, signIn }, {
        hook: 503,
        health: 200,
        ready: 503,
        signIn: 200,
      });
      assert.deepEqual(refusals, people.map(() => 503));
      assert.deepEqual(later.map((person) => executionsOf(person).length), later.map(() => 1));
    },
  );

  await t.step("have counted every job, whoever was killed or gone", async () => {
    await Promise.all([0, 1].map((instance) => fleet.kill(instance)));
    Deno.env.set("DENO_KV_ACCESS_TOKEN", denokv.accessToken);

    await assertJobsCounted(denokv.url);
  });
});
