// SPDX-License-Identifier: Apache-2.0
import { createStore, type Store } from "../lib/kv/store.ts";
import { mergeWrites } from "../lib/kv/write.ts";
import {
  createVerification,
  type Verification,
  verificationKey,
} from "../lib/verification/rows.ts";
import type { SimulatedExecution } from "../sandbox/simulators/jumio/simulator.ts";
import { startDenokv } from "../sandbox/processes/denokv.ts";
import { type Fleet, metadataOf, startFleet } from "../sandbox/processes/fleet.ts";
import { addIdentity } from "./_journey.ts";
import { readProcessUse } from "./_process.ts";
import { CALLBACK_SECRET, startedExecution } from "./_product.ts";
import { printFigure, printHeading, round } from "./_report.ts";

const DAY_MS = 86_400_000;

/** When an execution is polled whose callback was lost, as after `RECONCILE_AFTER_SECONDS`. */
const POLL_AFTER_MS = 120_000;
const SETTLE_DEADLINE_MS = 600_000;

/** Sends the callbacks of many people at once, each twice, and counts what was lost. */
export async function benchStorm({ isSmoke }: { isSmoke: boolean }): Promise<void> {
  const people = isSmoke ? 50 : 5_000;
  await using denokv = await startDenokv();
  Deno.env.set("DENO_KV_ACCESS_TOKEN", denokv.accessToken);
  await using fleet = await startFleet({
    instances: 2,
    kvPath: denokv.url,
    env: {
      "DENO_KV_ACCESS_TOKEN": denokv.accessToken,
      "JUMIO_CALLBACK_SECRET": CALLBACK_SECRET,
      "LOG_LEVEL": "warn",
    },
  });
  using kv = await Deno.openKv(denokv.url);
  const store = createStore({ open: () => Promise.resolve(kv) });
  const executions: SimulatedExecution[] = [];
  for (let person = 0; person < people; person++) executions.push(await seed(fleet, store));
  const pids = fleet.pids();
  const before = await memoryOf(pids);

  const startedAt = performance.now();
  let most = before;
  let isOver = false;
  const watched = (async () => {
    while (!isOver) {
      most = Math.max(most, await memoryOf(pids));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();
  const statuses = await sendAll(fleet, executions);
  const answeredMs = performance.now() - startedAt;
  const left = await waitUntilSettled(fleet, executions);
  const settledMs = performance.now() - startedAt;
  isOver = true;
  await watched;

  printHeading(`storm: ${2 * people} callbacks at once, half of them repeats, on one denokv`);
  for (const [status, count] of statuses) printFigure(`answered ${status}`, String(count));
  printFigure("not settled, or with a wrong status", String(left));
  const patches = fleet.kratos.calls.filter(({ method }) => method === "PATCH").length;
  printFigure("Kratos patches for each person", round(patches / people));
  printFigure("memory of the larger instance: maximum against before", round(most / before));
  printFigure("(here)", `${round(before)} MB before, ${round(most)} MB maximum`);
  printFigure(
    "(here)",
    `answered in ${round(answeredMs / 1000)} s, settled in ${round(settledMs / 1000)} s`,
  );
}

/** Adds a person with an unfinished execution at Jumio, in Ory and in KV. */
async function seed(fleet: Fleet, store: Store): Promise<SimulatedExecution> {
  const identityId = addIdentity(fleet);
  const [accountId, workflowExecutionId] = [crypto.randomUUID(), crypto.randomUUID()];
  const now = Date.now();
  const execution: SimulatedExecution = {
    id: workflowExecutionId,
    accountId,
    customerInternalReference: identityId,
    userReference: identityId,
    definitionKey: "10011",
    callbackUrl: `${fleet.urls[0]}/jumio/callback`,
    successUrl: undefined,
    errorUrl: undefined,
    locale: undefined,
    href: "http://127.0.0.1/",
    linkToken: crypto.randomUUID(),
    status: "PROCESSED",
    decision: { type: "PASSED", label: "PASSED", score: 12 },
    createdAt: now,
    linkExpiresAt: now + DAY_MS,
    startedAt: now,
    completedAt: now,
    deliveries: undefined,
  };
  // The simulator exposes its list as readonly. A create call would add this entry.
  (fleet.jumio.executions as SimulatedExecution[]).push(execution);
  const verification: Verification = {
    ...createVerification(identityId, { now }),
    accountId,
    workflowExecutionId,
    initiatedAt: now,
  };
  const started = startedExecution({ workflowExecutionId, identityId, accountId }, {
    pollAt: now + POLL_AFTER_MS,
    now,
  });
  await store.commit(mergeWrites(started, {
    sets: [{ key: verificationKey(identityId), value: verification }],
  }));
  return execution;
}

/** Sends each callback twice, to both instances, all at once. Counts the answers by status. */
async function sendAll(
  { jumio, urls }: Fleet,
  executions: readonly SimulatedExecution[],
): Promise<ReadonlyMap<string, number>> {
  const statuses = new Map<string, number>();
  await Promise.all([...executions, ...executions].map(async ({ id }, index) => {
    const url = `${urls[index % urls.length]}/jumio/callback`;
    const { status } = await jumio.sendCallback(id, { url, signWith: CALLBACK_SECRET });
    statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1);
  }));
  return statuses;
}

/** Waits for the verdicts up to a deadline. Returns how many people still have no correct status. */
async function waitUntilSettled(
  fleet: Fleet,
  executions: readonly SimulatedExecution[],
): Promise<number> {
  const isLeft = ({ customerInternalReference: identityId }: SimulatedExecution) =>
    metadataOf(fleet, String(identityId))["status"] !== "verified";
  const end = performance.now() + SETTLE_DEADLINE_MS;
  while (performance.now() < end && executions.some(isLeft)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return executions.filter(isLeft).length;
}

async function memoryOf(pids: readonly number[]): Promise<number> {
  const uses = await Promise.all(pids.map(readProcessUse));
  return Math.max(...uses.map(({ residentMb }) => residentMb));
}
