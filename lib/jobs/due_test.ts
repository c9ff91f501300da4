// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { CHECK, PUBLISH, START } from "../verification/job_kinds.ts";
import { dueKey, jobsDueBy, parseDueKey, selectDue } from "./due.ts";

const KEYS = [
  dueKey(CHECK, { id: "a", dueAt: 1 }),
  dueKey(CHECK, { id: "b", dueAt: 2 }),
  dueKey(CHECK, { id: "b", dueAt: 2, suffix: "PROCESSED" }),
  dueKey(CHECK, { id: "c", dueAt: 2 }),
  dueKey(CHECK, { id: "a", dueAt: 3 }),
];

async function listIds(options: Parameters<typeof selectDue>[1]): Promise<string[]> {
  await using store = createMemoryStore();
  const others = [dueKey(START, { id: "s", dueAt: 1 }), dueKey(PUBLISH, { id: "p", dueAt: 1 })];
  await store.commit({ sets: [...KEYS, ...others].map((key) => ({ key, value: null })) });
  const rows = await store.list(selectDue(CHECK, options), { limit: 10 });
  return rows.map(({ key }) => `${parseDueKey(key)?.dueAt}${parseDueKey(key)?.id}`);
}

Deno.test("parseDueKey() reads the key of a job, and that of a stored request", () => {
  const key = { kind: "check", id: "b", dueAt: 2 };

  assert.deepEqual(parseDueKey(dueKey(CHECK, key)), key);
  assert.deepEqual(parseDueKey(dueKey(CHECK, { ...key, suffix: "PROCESSED" })), key);
  assert.equal(parseDueKey(["job", "check", "b"]), undefined);
});

Deno.test("selectDue() selects one kind in the order of due times", async () => {
  assert.deepEqual(await listIds({}), ["1a", "2b", "2b", "2c", "3a"]);
});

Deno.test("selectDue() selects what is due by a time, that time included", async () => {
  assert.deepEqual(await listIds({ by: 2 }), ["1a", "2b", "2b", "2c"]);
});

Deno.test("selectDue() continues after a time, and after one job at a time", async () => {
  assert.deepEqual(await listIds({ after: { dueAt: 2 } }), ["3a"]);
  assert.deepEqual(await listIds({ after: { dueAt: 2, id: "b" } }), ["2c", "3a"]);
});

Deno.test("jobsDueBy() finds the kinds of which a write makes a job due by a time", () => {
  const sets = [
    { key: dueKey(CHECK, { id: "a", dueAt: 5, suffix: "PROCESSED" }), value: { v: 1 } },
    { key: dueKey(PUBLISH, { id: "a", dueAt: 6 }), value: null },
    { key: ["job", "start", "a"], value: {} },
  ];
  const kinds = (by: number) => [...jobsDueBy({ sets }, { by, now: 0 }).keys()];

  assert.deepEqual(kinds(5), ["check"]);
  assert.deepEqual(kinds(6), ["check", "publish"]);
  assert.deepEqual([...jobsDueBy({}, { by: 6, now: 0 })], []);
});

Deno.test("jobsDueBy() names the jobs that may run now: none of a request, and none that is due later", () => {
  const sets = [
    { key: dueKey(CHECK, { id: "requested", dueAt: 1, suffix: "PROCESSED" }), value: { v: 1 } },
    { key: dueKey(CHECK, { id: "now", dueAt: 5 }), value: null },
    { key: dueKey(CHECK, { id: "also now", dueAt: 1 }), value: null },
    { key: dueKey(CHECK, { id: "soon", dueAt: 6 }), value: null },
    { key: dueKey(CHECK, { id: "later", dueAt: 11 }), value: null },
  ];

  const due = jobsDueBy({ sets }, { by: 10, now: 5 });

  assert.deepEqual(due, new Map([["check", new Set(["now", "also now"])]]));
});
