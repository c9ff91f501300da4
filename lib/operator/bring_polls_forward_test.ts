// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { readTimeline } from "../history/timeline.ts";
import { readJob } from "../jobs/job.ts";
import type { Store } from "../kv/store.ts";
import { CHECK } from "../verification/job_kinds.ts";
import { requestCheck } from "../verification/requests.ts";
import { bringPollsForward, type PollCursor } from "./bring_polls_forward.ts";

const NOW = Date.UTC(2026, 4, 4);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function addPoll(
  store: Store,
  { id, dueAt, createdAt = NOW - HOUR }: { id: string; dueAt: number; createdAt?: number },
): Promise<void> {
  const row = await readJob(store, { kind: CHECK, id });
  await store.commit(requestCheck(row, {
    workflowExecutionId: id,
    accountId: "a-1",
    pollAfterMs: HOUR,
    dueAt,
    now: createdAt,
    trace: undefined,
  }));
}

async function run(store: Store, { after, limit = 100 }: {
  after?: PollCursor | undefined;
  limit?: number;
} = {}) {
  const operator = { name: "Ada", secretId: "1a2b3c4d" };
  return await bringPollsForward(store, { after, limit, afterMs: 10 * MINUTE, operator, now: NOW });
}

async function readDueAt(store: Store, id: string): Promise<number | undefined> {
  return (await readJob(store, { kind: CHECK, id })).value?.dueAt;
}

Deno.test("bringPollsForward() brings scheduled polls forward and records that", async () => {
  await using store = createMemoryStore();
  await addPoll(store, { id: "e-1", dueAt: NOW + HOUR });

  const result = await run(store);

  assert.deepEqual(result, { lookedAt: 1, broughtForward: 1, next: undefined });
  assert.equal(await readDueAt(store, "e-1"), NOW);
  const { events } = await readTimeline(store, { subjectIds: ["e-1"], limit: 10 });
  assert.deepEqual(events.map(({ details }) => details["action"]), ["reconcile"]);
});

Deno.test("bringPollsForward() leaves out what was requested or checked a short time ago", async () => {
  await using store = createMemoryStore();
  await addPoll(store, { id: "e-1", dueAt: NOW + HOUR, createdAt: NOW - MINUTE });

  const result = await run(store);

  assert.deepEqual([result.lookedAt, result.broughtForward], [1, 0]);
  assert.equal(await readDueAt(store, "e-1"), NOW + HOUR);
});

Deno.test("bringPollsForward() does not look at polls that are due already", async () => {
  await using store = createMemoryStore();
  await addPoll(store, { id: "e-1", dueAt: NOW - MINUTE });

  assert.equal((await run(store)).lookedAt, 0);
});

Deno.test("bringPollsForward() looks at every poll once over all pages", async () => {
  await using store = createMemoryStore();
  for (const id of ["e-1", "e-2", "e-3", "e-4", "e-5"]) {
    await addPoll(store, { id, dueAt: NOW + HOUR });
  }

  const pages = [];
  let after: PollCursor | undefined;
  do {
    const page = await run(store, { after, limit: 2 });
    pages.push(page);
    after = page.next;
  } while (after !== undefined);

  assert.deepEqual(pages.map(({ broughtForward }) => broughtForward), [2, 2, 1]);
});
