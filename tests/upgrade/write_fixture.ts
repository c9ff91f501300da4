// SPDX-License-Identifier: Apache-2.0
/**
 * `deno task fixture`: stores the KV of this version with open work of every kind in
 * `tests/upgrade/<version>/`. Every later version must carry that work to its end.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import type { Outcome } from "../../sandbox/simulators/jumio/simulator.ts";
import { callOperator } from "../support/operator_api.ts";
import { createServiceOn, type Neighbours, type PersonName } from "./open_work.ts";

const FOLDER = new URL(`${config.version}/`, import.meta.url);
const KV = new URL("kv.sqlite3", FOLDER);

await Deno.mkdir(FOLDER);
await using service = await createServiceOn(KV.pathname);
const { jumio, kratos, receiver } = service;

async function register(name: PersonName): Promise<string> {
  const identityId = await service.register(`${name}@example.com`);
  await service.advance(1_000);
  return identityId;
}

async function finish(outcome: Outcome): Promise<void> {
  await jumio.finish(jumio.executions.at(-1)?.id ?? "", outcome);
}

for (
  const [name, outcome] of [
    ["is-verified", "passed"],
    ["is-rejected", "rejected"],
    ["is-in-review", "warning"],
    ["let-the-link-expire", "link_expired"],
    ["is-being-erased", "passed"],
  ] as const
) {
  await register(name);
  await finish(outcome);
  await service.advance(1_000);
}
// Let the confirming reads happen.
await service.advance(120_000);

await register("is-at-jumio");

// From here on the application takes no event.
receiver.answer = () => new Response(null, { status: 503 });

await register("was-called-back");
const calledBack = jumio.executions.at(-1)?.id ?? "";
await register("is-not-published");
kratos.faults.isAdminDown = true;
await finish("passed");
await service.drain();

jumio.faults.isDown = true;
await jumio.finish(calledBack, "warning");
await service.drain();

const erased = kratos.identities.values().find(({ traits }) =>
  traits.email.startsWith("is-being-erased")
);
// Their deletion at Jumio is still to come.
await callOperator(service, `verifications/${erased?.id}/erase`, { body: {} });

await service.register("waits-for-a-start@example.com");
await service.drain();

const neighbours: Neighbours = {
  now: service.clock.now,
  writtenAt: Date.now(),
  identities: [...kratos.identities.values()],
  executions: jumio.executions,
};
await Deno.writeTextFile(
  new URL("neighbours.json", FOLDER),
  `${JSON.stringify(neighbours, null, 2)}\n`,
);
