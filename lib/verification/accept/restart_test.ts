// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { CHECK, START } from "../job_kinds.ts";
import { createTestContext } from "../../../tests/support/context.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import { jobKey } from "../../jobs/job.ts";
import { acceptRestart } from "./restart.ts";
import { MAX_RESTARTS_A_DAY } from "../restarts.ts";
import { type Execution, executionKey, executionLinkKey } from "../executions.ts";
import type { Store } from "../../kv/store.ts";
import { createVerification, restartsKey, type Verification, verificationKey } from "../rows.ts";

const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const EXECUTION_ID = "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522";
const NOW = Date.UTC(2026, 0, 1);
const OPTIONS = { identityId: IDENTITY_ID, maxExecutions: 20, now: NOW };

const EXECUTION: Execution = {
  v: 1,
  identityId: IDENTITY_ID,
  accountId: "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10",
  callbackTokenHash: null,
  createdAt: NOW,
  round: 1,
  openedAt: null,
  settled: null,
};

async function storeRows(
  store: Store,
  { verification = {}, execution = EXECUTION, linkEndsInMs }: {
    verification?: Partial<Verification>;
    execution?: Execution;
    linkEndsInMs?: number;
  },
): Promise<void> {
  const link = { v: 1, href: "https://x.example.com", expiresAt: NOW + (linkEndsInMs ?? 0) };
  await store.commit({
    sets: [
      {
        key: verificationKey(IDENTITY_ID),
        value: {
          ...createVerification(IDENTITY_ID, { now: NOW }),
          workflowExecutionId: EXECUTION_ID,
          ...verification,
        },
      },
      { key: executionKey(EXECUTION_ID), value: execution },
      ...(linkEndsInMs === undefined ? [] : [{ key: executionLinkKey(EXECUTION_ID), value: link }]),
    ],
  });
}

Deno.test("acceptRestart() accepts one of ten at the same time, and counts one", async () => {
  await using store = createMemoryStore();
  await storeRows(store, {});

  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () => acceptRestart(store, OPTIONS)),
  );

  assert.equal(outcomes.filter((outcome) => outcome === "accepted").length, 1);
  assert.equal(outcomes.filter((outcome) => outcome === "duplicate").length, 9);
  const { value } = await store.get<{ acceptedAt: number[] }>(restartsKey(IDENTITY_ID));
  assert.deepEqual(value?.acceptedAt, [NOW]);
});

Deno.test("acceptRestart() accepts a few in 24 hours, and no more", async () => {
  await using store = createMemoryStore();
  await storeRows(store, {});
  const outcomes: string[] = [];

  for (let hour = 0; hour < 25; hour += 4) {
    const now = NOW + hour * 3_600_000;
    outcomes.push(await acceptRestart(store, { ...OPTIONS, now }));
    await finishStart(store);
  }

  const few = Array(MAX_RESTARTS_A_DAY).fill("accepted");
  assert.deepEqual(outcomes, [...few, "too_many", "accepted"]);
});

for (
  const [name, rows] of Object.entries(
    {
      "a link that works": { linkEndsInMs: 600_000 },
      "a decision": { verification: { status: "rejected", verdict: "FAILED" } },
      "a rejection that was adopted without a verdict": { verification: { status: "rejected" } },
      "an identity that is gone": { verification: { goneAt: NOW } },
    } as const,
  )
) {
  Deno.test(`acceptRestart() does not need another execution with ${name}`, async () => {
    await using store = createMemoryStore();
    await storeRows(store, rows);

    assert.equal(await acceptRestart(store, OPTIONS), "not_needed");
    assert.equal((await store.get(jobKey(START, IDENTITY_ID))).value, null);
  });
}

Deno.test("acceptRestart() waits for a result after a callback", async () => {
  await using store = createMemoryStore();
  await storeRows(store, {});
  const job = { kind: "check", id: EXECUTION_ID, dueAt: NOW, data: { isCalledBack: true } };
  await store.commit({ sets: [{ key: jobKey(CHECK, EXECUTION_ID), value: job }] });

  assert.equal(await acceptRestart(store, OPTIONS), "not_needed");
});

Deno.test("acceptRestart() accepts a restart if the settled execution has expired in KV", async () => {
  await using store = createMemoryStore();
  await storeRows(store, { verification: { status: "expired" } });
  await store.commit({ deletes: [executionKey(EXECUTION_ID)] });

  assert.equal(await acceptRestart(store, OPTIONS), "accepted");
});

async function finishStart(store: Store): Promise<void> {
  const due = await store.list({ prefix: ["due"] }, { limit: 10 });
  await store.commit({ deletes: [jobKey(START, IDENTITY_ID), ...due.map(({ key }) => key)] });
}

for (
  const [ending, byPerson, byOperator] of [
    ["passed", "not_needed", "not_needed"],
    ["warning", "not_needed", "accepted"],
    ["rejected", "not_needed", "accepted"],
    ["abandoned", "accepted", "duplicate"],
    ["inconclusive", "accepted", "duplicate"],
  ] as const
) {
  Deno.test(`acceptRestart() answers ${byPerson} to a person and ${byOperator} to an operator after ${ending}`, async () => {
    await using service = await createTestContext();
    const identityId = await service.register();
    await service.jumio.finish(service.jumio.executions[0]?.id ?? "", ending);
    await service.drain();
    const options = { identityId, maxExecutions: 20, now: service.clock.now };
    const operator = { name: "grace", secretId: "01234567" };

    assert.equal(await acceptRestart(service.store, options), byPerson);
    assert.equal(await acceptRestart(service.store, { ...options, operator }), byOperator);
  });
}
