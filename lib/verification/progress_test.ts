import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { readProgress } from "./progress.ts";
import type { Store } from "../kv/store.ts";
import { createVerification, type Verification, verificationKey } from "./rows.ts";
import { type Execution, executionKey } from "./executions.ts";

const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const EXECUTION_ID = "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522";
const NOW = Date.UTC(2026, 0, 1);
const OPTIONS = { identityId: IDENTITY_ID, now: NOW };

async function keep(
  store: Store,
  { verification, settled = null }: {
    verification?: Partial<Verification>;
    settled?: Execution["settled"];
  },
): Promise<void> {
  const record = { ...createVerification(IDENTITY_ID, { now: NOW }), ...verification };
  const execution: Execution = {
    v: 1,
    identityId: IDENTITY_ID,
    accountId: "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10",
    callbackTokenHash: null,
    createdAt: NOW,
    settled,
  };
  await store.commit({
    sets: [
      { key: verificationKey(IDENTITY_ID), value: record },
      { key: executionKey(EXECUTION_ID), value: execution },
    ],
  });
}

for (
  const [conclusion, state] of [
    ["inconclusive", "inconclusive"],
    ["decided", "checking"],
    ["expired", "checking"],
  ] as const
) {
  Deno.test(`readPosition() calls ${state} what was settled as ${conclusion} while it read`, async () => {
    await using store = createMemoryStore();
    await keep(store, {
      verification: { workflowExecutionId: EXECUTION_ID },
      settled: { at: NOW, outcome: "applied", conclusion },
    });

    assert.equal((await readProgress(store, OPTIONS)).state, state);
  });
}

Deno.test("readPosition() knows an identity that is gone, whatever was said of it", async () => {
  await using store = createMemoryStore();
  await keep(store, { verification: { status: "verified", goneAt: NOW } });

  assert.equal((await readProgress(store, OPTIONS)).state, "gone");
});

Deno.test("readPosition() reads an execution of an older version, which knows no way to Jumio", async () => {
  await using store = createMemoryStore();
  await keep(store, { verification: { workflowExecutionId: EXECUTION_ID } });

  assert.equal((await readProgress(store, OPTIONS)).state, "ready");
});
