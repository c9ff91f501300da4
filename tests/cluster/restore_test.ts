// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { startDenokv } from "../../sandbox/processes/denokv.ts";
import { type Fleet, metadataOf, startFleet } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

/** Longer than a lease and the interval at which an instance looks for due jobs. */
const DEADLINE_MS = 90_000;

async function register({ kratos }: Fleet): Promise<string> {
  const { identityId = "" } = await kratos.register({
    email: `${crypto.randomUUID()}@example.com`,
  });
  return identityId;
}

async function waitForStatus(fleet: Fleet, identityId: string, status: string): Promise<void> {
  await waitUntil(
    `the status is ${status}`,
    () => metadataOf(fleet, identityId)["status"] === status,
    { deadlineMs: DEADLINE_MS },
  );
}

function executionOf(fleet: Fleet, identityId: string): string {
  return String(metadataOf(fleet, identityId)["workflow_execution_id"]);
}

async function waitForExecution(fleet: Fleet, identityId: string, not?: string): Promise<void> {
  await waitUntil("the identity names an execution", () => {
    const id = metadataOf(fleet, identityId)["workflow_execution_id"];
    return typeof id === "string" && id !== not;
  }, { deadlineMs: DEADLINE_MS });
}

/** The hook may be answered before the identity names the execution, if a job of its own writes it. */
async function registerAndStart(fleet: Fleet): Promise<string> {
  const identityId = await register(fleet);
  await waitForExecution(fleet, identityId);
  return identityId;
}

/** Presses the button of the person's page. */
async function pressButton(fleet: Fleet, identityId: string): Promise<void> {
  const link = new URL(String(metadataOf(fleet, identityId)["verification_url"]));
  const response = await fetch(new URL("/jumio/verify", link), {
    method: "POST",
    redirect: "manual",
    headers: { "sec-fetch-site": "same-origin" },
    body: link.searchParams,
  });
  await response.body?.cancel();
}

/** Sends the registration hook again, as a queue or a proxy that comes late. */
async function sendLateHooks(fleet: Fleet, people: readonly string[]): Promise<void> {
  for (const identityId of people) {
    assert.equal(await fleet.hook(0, { path: "/jumio/initiate", identityId }), 200);
  }
}

/** Signs a person in whose metadata was lost. Gives the status of validate. */
async function signInWithoutMetadata(fleet: Fleet, identityId: string): Promise<number> {
  return await fleet.hook(0, { path: "/jumio/validate", identityId });
}

/** What happens to people after the copy was made. */
interface Story {
  /** Had an execution. It expired, and the next one was rejected. */
  readonly rejected: string;
  /** Waited for a start, and was verified. */
  readonly waiting: string;
  /** Had an execution, and was verified. */
  readonly verified: string;
  /** Registered after the copy, and was rejected. */
  readonly newcomer: string;
  /** The first execution of `rejected`. */
  readonly expired: string;
}

async function liveThrough(fleet: Fleet, makeCopy: () => Promise<void>): Promise<Story> {
  const { jumio } = fleet;
  const rejected = await registerAndStart(fleet);
  const verified = await registerAndStart(fleet);
  jumio.faults.isDown = true;
  const waiting = await register(fleet);
  await makeCopy();
  jumio.faults.isDown = false;

  const expired = executionOf(fleet, rejected);
  await jumio.finish(expired, "abandoned");
  await waitForStatus(fleet, rejected, "expired");
  await pressButton(fleet, rejected);
  await waitForExecution(fleet, rejected, expired);
  await jumio.finish(executionOf(fleet, rejected), "rejected");
  await jumio.finish(executionOf(fleet, verified), "passed");
  await waitForExecution(fleet, waiting);
  await jumio.finish(executionOf(fleet, waiting), "passed");
  const newcomer = await registerAndStart(fleet);
  await jumio.finish(executionOf(fleet, newcomer), "rejected");
  const story = { rejected, waiting, verified, newcomer, expired };
  await waitForDecisions(fleet, story);
  return story;
}

async function waitForDecisions(
  fleet: Fleet,
  { rejected, waiting, verified, newcomer }: Story,
): Promise<void> {
  for (const identityId of [waiting, verified]) await waitForStatus(fleet, identityId, "verified");
  for (const identityId of [rejected, newcomer]) await waitForStatus(fleet, identityId, "rejected");
}

/** All that the runbook "After a restore" promises. */
async function assertNothingWentBackwards(
  fleet: Fleet,
  { story, before, executions }: {
    story: Story;
    before: readonly Record<string, unknown>[];
    executions: number;
  },
): Promise<void> {
  const { rejected, waiting, verified, newcomer, expired } = story;
  const people = [rejected, waiting, verified, newcomer];
  // The copy knows only the expired execution, and this reports it once more.
  await fleet.jumio.sendCallback(expired);
  await sendLateHooks(fleet, people);
  for (const identityId of [rejected, newcomer]) {
    await waitUntil(
      "a rejected person is refused by the record",
      async () => await signInWithoutMetadata(fleet, identityId) === 403,
      { deadlineMs: DEADLINE_MS },
    );
  }
  for (const identityId of [waiting, verified]) {
    assert.equal(await signInWithoutMetadata(fleet, identityId), 200);
  }

  assert.deepEqual(people.map((identityId) => describe(fleet, identityId)), before);
  assert.equal(fleet.jumio.executions.length, executions);
}

/**
 * What an identity says, with whom its link is for. The record of somebody whom the copy does not know
 * is of the time of its adoption. So is the link, if a job writes the identity once more.
 */
function describe(fleet: Fleet, identityId: string): Record<string, unknown> {
  const { "verification_url": link, ...rest } = metadataOf(fleet, identityId);
  if (typeof link !== "string") return { ...rest, link };
  const [, claims = ""] = new URL(link).searchParams.get("token")?.split(".") ?? [];
  const { sub } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
  return { ...structuredClone(rest), linkOf: sub };
}

function snapshot(fleet: Fleet, { rejected, waiting, verified, newcomer }: Story): {
  before: Record<string, unknown>[];
  executions: number;
} {
  const people = [rejected, waiting, verified, newcomer];
  return {
    before: people.map((identityId) => describe(fleet, identityId)),
    executions: fleet.jumio.executions.length,
  };
}

Deno.test("no decision goes backwards after a denokv was put back to an older copy", async () => {
  await using denokv = await startDenokv();
  await using fleet = await startFleet({
    instances: 1,
    kvPath: denokv.url,
    env: { "DENO_KV_ACCESS_TOKEN": denokv.accessToken, "JUMIO_STARTS_PER_SECOND": "50" },
  });
  const story = await liveThrough(fleet, async () => {
    await denokv.kill();
    await denokv.saveCopy();
    await denokv.start();
  });
  const known = snapshot(fleet, story);

  await fleet.kill(0);
  await denokv.kill();
  await denokv.restoreCopy();
  await denokv.start();
  await fleet.start(0);

  await assertNothingWentBackwards(fleet, { story, ...known });
});

Deno.test("no decision goes backwards after a KV file was lost", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lost-kv-" });
  try {
    const path = join(folder, "kv.sqlite3");
    await using fleet = await startFleet({
      instances: 1,
      kvPath: path,
      env: { "JUMIO_STARTS_PER_SECOND": "50" },
      runArgs: [`--allow-read=${folder}`, `--allow-write=${folder}`],
    });
    const story = await liveThrough(fleet, () => Promise.resolve());
    const known = snapshot(fleet, story);

    await fleet.kill(0);
    for await (const { name } of Deno.readDir(folder)) await Deno.remove(join(folder, name));
    await fleet.start(0);

    await assertNothingWentBackwards(fleet, { story, ...known });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
