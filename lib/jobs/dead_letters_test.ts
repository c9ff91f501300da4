// SPDX-License-Identifier: Apache-2.0
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

async function storeLetter(
  store: Store,
  kind: JobKind,
  id: string,
  change: Partial<DeadLetter> = {},
): Promise<void> {
  const value: DeadLetter = {
    v: 1,
    kind: kind.name,
    id,
    data: DATA,
    reason: "jumio_status",
    failures: 9,
    deadAt: 1,
    ...change,
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

for (
  const [name, filter, expected] of [
    ["of a kind", { kind: CHECK }, ["check a", "check b"]],
    ["of a reason", { reason: "bug" }, ["check b", "start a"]],
    ["since a time, which is included", { since: 5 }, ["check b", "publish a"]],
    ["of all three", { kind: CHECK, reason: "bug", since: 5 }, ["check b"]],
    ["of a reason that none has", { reason: "kv_locked" }, []],
  ] as const
) {
  Deno.test(`listDeadLetters() lists those ${name}`, async () => {
    await using store = createMemoryStore();
    await storeLetter(store, CHECK, "a");
    await storeLetter(store, CHECK, "b", { reason: "bug", deadAt: 5 });
    await storeLetter(store, PUBLISH, "a", { deadAt: 6 });
    await storeLetter(store, START, "a", { reason: "bug", deadAt: 4 });

    const { letters, hasMore } = await listDeadLetters(store, { limit: 5, filter });

    assert.deepEqual(letters.map(({ kind, id }) => `${kind} ${id}`), expected);
    assert.equal(hasMore, false);
  });
}

Deno.test("listDeadLetters() reads at most 1,000 rows for a filtered page, and gives each letter once", async () => {
  await using store = createMemoryStore();
  const wanted = ["0003", "1500", "1501", "2040"];
  for (let number = 0; number < 2_050; number++) {
    const id = String(number).padStart(4, "0");
    await storeLetter(store, CHECK, id, { reason: wanted.includes(id) ? "bug" : "other" });
  }
  const limits: number[] = [];
  const watched: Store = {
    ...store,
    list(selector, options) {
      limits.push(options.limit);
      return store.list(selector, options);
    },
  };

  const found: string[][] = [];
  let after: { kind: JobKind; id: string } | undefined;
  do {
    const page = await listDeadLetters(watched, { limit: 1, after, filter: { reason: "bug" } });
    found.push(page.letters.map(({ id }) => id));
    after = page.hasMore ? { kind: CHECK, id: page.last?.id ?? "" } : undefined;
  } while (after !== undefined);

  assert.deepEqual(found.flat(), wanted);
  assert(limits.every((limit) => limit === 1_001), String(limits));
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
