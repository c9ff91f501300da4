// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { deadLetterKey } from "../jobs/dead_letters.ts";
import { notifyJobId } from "../verification/event.ts";
import { NOTIFY } from "../verification/job_kinds.ts";
import { replayEvents } from "./events.ts";

const OPERATOR = { name: "grace", secretId: "00000000" };

Deno.test("replayEvents() goes on with the page after a cursor, and skips none", async () => {
  await using store = createMemoryStore();
  const ids = Array.from({ length: 5 }, (_, index) => notifyJobId("i", index + 1));
  await store.commit({
    sets: ids.map((id) => ({
      key: deadLetterKey(NOTIFY, id),
      value: { v: 1, kind: "notify", id, data: { event: { timestamp: "2026-01-01T00:00:00Z" } } },
    })),
  });
  const options = { since: 0, limit: 2, operator: OPERATOR, now: 1 };

  const pages = [];
  let after: string | undefined;
  do {
    const page = await replayEvents(store, { ...options, after });
    pages.push(page.replayed);
    after = page.next;
  } while (after !== undefined);

  assert.deepEqual(pages, [2, 2, 1]);
  assert.equal((await store.list({ prefix: ["job", "notify"] }, { limit: 10 })).length, 5);
});
