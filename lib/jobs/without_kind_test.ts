// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitRequest } from "../../tests/support/jobs.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { PUBLISH, START } from "../verification/job_kinds.ts";
import { deleteJob, jobCountKey, jobKey, parseJobCount, readJob } from "./job.ts";
import { createStoreWithoutKind } from "./without_kind.ts";
import { storeNudge } from "./stored_request.ts";
import type { Sum } from "../kv/write.ts";

const REQUEST = { id: "i", data: { isConfirmation: false }, dueAt: 1, now: 0 };

Deno.test("createStoreWithoutKind() stores no job, no request and no sum of the kind", async () => {
  await using memory = createMemoryStore();
  const store = createStoreWithoutKind(memory, PUBLISH);

  await commitRequest(store, { kind: PUBLISH, ...REQUEST });
  await store.commit(storeNudge(PUBLISH, { id: "i", dueAt: 0 }));
  await commitRequest(store, { kind: START, ...REQUEST, data: {} });

  const rows = await memory.list({ prefix: [] }, { limit: 10 });
  assert.deepEqual(rows.map(({ key }) => key), [
    ["due", "start", 1, "i"],
    jobKey(START, "i"),
    jobCountKey(START),
  ]);
});

Deno.test("createStoreWithoutKind() still deletes a job that was stored before", async () => {
  await using memory = createMemoryStore();
  await commitRequest(memory, { kind: PUBLISH, ...REQUEST });
  const store = createStoreWithoutKind(memory, PUBLISH);

  await store.commit(deleteJob(await readJob(store, { kind: PUBLISH, id: "i" })));

  const count = await memory.get<Sum>(jobCountKey(PUBLISH));
  assert.equal((await readJob(store, { kind: PUBLISH, id: "i" })).value, null);
  assert.equal(parseJobCount(count.value), 0);
});
