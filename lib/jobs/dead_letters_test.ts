import assert from "node:assert/strict";
import { commitRequest } from "../../tests/support/jobs.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { timelineKey } from "../history/timeline.ts";
import type { Store } from "../kv/store.ts";
import { CHECK, PUBLISH, START } from "../verification/job_kinds.ts";
import {
  closeDeadLetter,
  type DeadLetter,
  deadLetterKey,
  listDeadLetters,
  readDeadLetter,
} from "./dead_letters.ts";
import { readJob } from "./job.ts";
import type { JobKind } from "./kind.ts";

const NOW = 1_000;
const OPERATOR = { name: "grace", secretId: "1" };
const DATA = { locale: "de" };

async function storeLetter(store: Store, kind: JobKind, id: string): Promise<void> {
  const value: DeadLetter = {
    v: 1,
    kind: kind.name,
    id,
    data: DATA,
    reason: "jumio_status",
    failures: 9,
    deadAt: 1,
  };
  await store.commit({ sets: [{ key: deadLetterKey(kind, id), value }] });
}

function close(store: Store, action: "replay" | "discard"): Promise<boolean> {
  return closeDeadLetter(store, { kind: START, id: "a", action, operator: OPERATOR, now: NOW });
}

Deno.test("listDeadLetters() lists page by page, and says whether there are more", async () => {
  await using store = createMemoryStore();
  for (const [kind, id] of [[CHECK, "a"], [PUBLISH, "a"], [START, "a"]] as const) {
    await storeLetter(store, kind, id);
  }

  const first = await listDeadLetters(store, { limit: 2 });
  const second = await listDeadLetters(store, { limit: 2, after: { kind: PUBLISH, id: "a" } });

  assert.deepEqual([first.letters.map(({ kind }) => kind), first.hasMore], [
    ["check", "publish"],
    true,
  ]);
  assert.deepEqual([second.letters.map(({ kind }) => kind), second.hasMore], [["start"], false]);
});

Deno.test("closeDeadLetter() replays the job with its data, and records who did it", async () => {
  await using store = createMemoryStore();
  await storeLetter(store, START, "a");

  assert(await close(store, "replay"));

  const { value: job } = await readJob(store, { kind: START, id: "a" });
  assert.deepEqual([job?.data, job?.dueAt, job?.failures], [DATA, NOW, 0]);
  assert.equal(await readDeadLetter(store, { kind: START, id: "a" }), null);
  const [event] = await store.list({ prefix: timelineKey("a") }, { limit: 5 });
  assert.equal(Object(event?.value).details.by, "grace");
});

Deno.test("closeDeadLetter() keeps the data of a job that was created meanwhile", async () => {
  await using store = createMemoryStore();
  await storeLetter(store, START, "a");
  const data = { locale: "en" };
  await commitRequest(store, { kind: START, id: "a", data, dueAt: NOW + 60_000, now: NOW });

  await close(store, "replay");

  const { value: job } = await readJob(store, { kind: START, id: "a" });
  assert.deepEqual([job?.data, job?.dueAt], [data, NOW]);
});

Deno.test("closeDeadLetter() discards without a job", async () => {
  await using store = createMemoryStore();
  await storeLetter(store, START, "a");

  assert(await close(store, "discard"));

  assert.equal((await readJob(store, { kind: START, id: "a" })).value, null);
});

Deno.test("closeDeadLetter() closes a dead letter once", async () => {
  await using store = createMemoryStore();
  await storeLetter(store, START, "a");

  const closed = await Promise.all([close(store, "discard"), close(store, "discard")]);

  assert.deepEqual(closed.toSorted(), [false, true]);
});
