// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { VERSION } from "../../lib/upstream/version.ts";
import type { SimulatedExecution } from "../../sandbox/simulators/jumio/simulator.ts";
import type { SimulatedIdentity } from "../../sandbox/simulators/kratos/simulator.ts";
import type { TestContext } from "../support/context.ts";
import { callOperator } from "../support/operator_api.ts";
import { createServiceOn, type Neighbours, PEOPLE, type PersonName } from "./open_work.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The last event that is still delivered. The others got theirs before the fixture was written. */
const EVENTS: ReadonlyMap<PersonName, string> = new Map([
  ["waits-for-a-start", "verified"],
  ["is-at-jumio", "rejected"],
  ["was-called-back", "review"],
  ["is-not-published", "verified"],
]);

const versions = (await Array.fromAsync(Deno.readDir(import.meta.dirname ?? "")))
  .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();

/** A copy of a fixture's KV, in which no row has expired since it was written. */
async function copyKv(version: string, { writtenAt }: Neighbours): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "upgrade-" });
  await Deno.copyFile(new URL(`${version}/kv.sqlite3`, import.meta.url), `${folder}/kv.sqlite3`);
  const database = new DatabaseSync(`${folder}/kv.sqlite3`);
  database.prepare("UPDATE kv SET expiration_ms = expiration_ms + ? WHERE expiration_ms > 0")
    .run(Date.now() - writtenAt);
  database.close();
  return folder;
}

async function readNeighbours(version: string): Promise<Neighbours> {
  const text = await Deno.readTextFile(new URL(`${version}/neighbours.json`, import.meta.url));
  return JSON.parse(text);
}

/** Lets Jumio and Ory remember what they knew, five minutes later. */
function restore(service: TestContext, { now, identities, executions }: Neighbours): void {
  service.clock.now = now + 5 * MINUTE;
  const known = service.kratos.identities as Map<string, SimulatedIdentity>;
  for (const identity of identities) known.set(identity.id, identity);
  (service.jumio.executions as SimulatedExecution[]).push(...executions);
}

function findPerson({ kratos }: TestContext, name: PersonName): string {
  const identity = kratos.identities.values().find(({ traits }) =>
    traits.email === `${name}@example.com`
  );
  assert(identity !== undefined, name);
  return identity.id;
}

async function finish(service: TestContext, name: PersonName, outcome: "passed" | "rejected") {
  const identityId = findPerson(service, name);
  const execution = service.jumio.executions.findLast(({ userReference }) =>
    userReference === identityId
  );
  await service.jumio.finish(execution?.id ?? "", outcome);
}

Deno.test("the version of this tree has a fixture", () => {
  assert(versions.includes(VERSION), `${versions} and not ${VERSION}: run deno task fixture`);
});

for (const version of versions) {
  Deno.test(`the KV of version ${version} is read, and its open work comes to its end`, async () => {
    const neighbours = await readNeighbours(version);
    const folder = await copyKv(version, neighbours);
    await using service = await createServiceOn(`${folder}/kv.sqlite3`);
    restore(service, neighbours);
    const names = Object.keys(PEOPLE) as PersonName[];

    // A start that failed is tried again within five minutes.
    await service.advance(0);
    await service.advance(5 * MINUTE);
    await finish(service, "is-at-jumio", "rejected");
    await finish(service, "waits-for-a-start", "passed");
    for (let hour = 0; hour < 6; hour++) await service.advance(60 * MINUTE);

    for (const name of names) {
      const identityId = findPerson(service, name);
      const lastEvent = service.receiver.deliveries.findLast(({ event }) =>
        event.data.identity_id === identityId
      )?.event;
      assert.equal(service.metadata(identityId)["status"], PEOPLE[name], name);
      assert.equal(lastEvent?.data.status, EVENTS.get(name), name);
    }
    const erased = await callOperator(
      service,
      `verifications/${findPerson(service, "is-being-erased")}`,
    );
    assert.notEqual(erased.body.erasure.erased_at, null);
    assert.deepEqual((await callOperator(service, "dead-letters")).body["dead_letters"], []);
    assert.deepEqual(service.lines.filter((line) => line.includes("bad row")), []);

    await service.advance(366 * DAY);

    assert.equal(service.metadata(findPerson(service, "is-verified"))["status"], "expired");
    await service[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  });
}
