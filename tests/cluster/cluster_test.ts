// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Outcome, SimulatedExecution } from "../../sandbox/simulators/jumio/simulator.ts";
import { type DenokvProcess, startDenokv } from "../../sandbox/processes/denokv.ts";
import { type Fleet, metadataOf, startFleet } from "../../sandbox/processes/fleet.ts";
import { assertJobsCounted } from "../support/job_counts.ts";
import { type ReceiverServer, startReceiver } from "../support/receiver_server.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

const OUTCOMES: readonly [outcome: Outcome, status: string][] = [
  ["passed", "verified"],
  ["rejected", "rejected"],
  ["warning", "review"],
  ["abandoned", "expired"],
];

/** Longer than a lease and the interval at which an instance looks for due jobs. */
const DEADLINE_MS = 90_000;

async function startCluster(denokv: DenokvProcess, application: ReceiverServer): Promise<Fleet> {
  return await startFleet({
    instances: 2,
    kvPath: denokv.url,
    receivers: "all",
    env: {
      "DENO_KV_ACCESS_TOKEN": denokv.accessToken,
      "JUMIO_STARTS_PER_SECOND": "50",
      ...application.env,
    },
  });
}

/** Registers people one after the other. Each hook goes to both instances at once. */
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

/** Ends the executions of these people. Returns the statuses that answered the callbacks. */
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

function executionsOf({ jumio }: Fleet, person: string): SimulatedExecution[] {
  return jumio.executions.filter(({ userReference }) => userReference === person);
}

/** In this order: the last scenario stops the instances. */
const SCENARIOS: Readonly<
  Record<
    string,
    (
      cluster: { fleet: Fleet; denokv: DenokvProcess; application: ReceiverServer },
    ) => Promise<void>
  >
> = {
  async "a hook or callback that goes to both has one effect, and both share one access token"(
    { fleet },
  ) {
    const { jumio } = fleet;
    const people = await register(fleet, 24);
    const before = people.map((person) => countPatches(fleet, person));

    await finish(fleet, people);
    await waitForVerdicts(fleet, people);

    assert.deepEqual(
      people.map((person) => executionsOf(fleet, person).length),
      people.map(() => 1),
    );
    assert.deepEqual(
      people.map((person, index) => countPatches(fleet, person) - (before[index] ?? 0)),
      people.map(() => 1),
    );
    assert.equal(jumio.calls.filter(({ path }) => path === "/oauth2/token").length, 1);
  },

  async "nothing is lost when one instance is killed during its work"({ fleet }) {
    const people = await register(fleet, 24);

    const finished = finish(fleet, people);
    await fleet.kill(1);
    await finished;
    await waitForVerdicts(fleet, people);
    await fleet.start(1);

    assert.deepEqual(
      people.map((person) => executionsOf(fleet, person).length),
      people.map(() => 1),
    );
  },

  async "while denokv is down they answer 503, and they continue when it is back"(
    { fleet, denokv },
  ) {
    const { jumio, urls: [first = ""] } = fleet;
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
    for (const { id } of people.flatMap((person) => executionsOf(fleet, person))) {
      await jumio.sendCallback(id);
    }
    await waitForVerdicts(fleet, people);
    const later = await register(fleet, 4);

    assert.deepEqual({ hook, health, ready, signIn }, {
      hook: 503,
      health: 200,
      ready: 503,
      signIn: 200,
    });
    assert.deepEqual(refusals, people.map(() => 503));
    assert.deepEqual(later.map((person) => executionsOf(fleet, person).length), later.map(() => 1));
  },

  async "the application learns every change of every person in order, while it fails at times"(
    { fleet, application },
  ) {
    application.failing = 0.2;
    const people = await register(fleet, 24);
    await finish(fleet, people);
    await waitForVerdicts(fleet, people);
    const expected = people.map((_, index) => `pending,${OUTCOMES[index % OUTCOMES.length]?.[1]}`);
    const told = () => people.map((person) => application.changes().get(person)?.join());

    await waitUntil("it knows all", () => told().join(" ") === expected.join(" "), {
      deadlineMs: DEADLINE_MS,
    }).catch(() => {});

    assert.deepEqual(told(), expected);
    assert.deepEqual(application.wrong, []);
  },

  async "the job counts are right in the end"({ fleet, denokv }) {
    await Promise.all([0, 1].map((instance) => fleet.kill(instance)));
    Deno.env.set("DENO_KV_ACCESS_TOKEN", denokv.accessToken);

    await assertJobsCounted(denokv.url);
  },
};

Deno.test("two instances on one denokv", async (t) => {
  await using denokv = await startDenokv();
  await using application = startReceiver();
  await using fleet = await startCluster(denokv, application);

  for (const [name, run] of Object.entries(SCENARIOS)) {
    await t.step(name, () => run({ fleet, denokv, application }));
  }
});
