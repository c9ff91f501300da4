// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Store } from "../lib/kv/store.ts";
import { UpstreamError } from "../lib/upstream/error.ts";
import {
  callBack,
  createCallback,
  postCallback,
  readOutcome,
  registerPerson,
  signCallback,
} from "../tests/support/callbacks.ts";
import { createTestContext } from "../tests/support/context.ts";
import { createMemoryStore } from "../tests/support/memory_store.ts";

const MINUTE = 60_000;

for (
  const [form, expected] of [["signed", ["commit"]], ["with a token", ["get", "commit"]]] as const
) {
  Deno.test(`POST /jumio/callback ${form} calls KV with ${expected.join(" and ")} before its 200`, async () => {
    const memory = createMemoryStore();
    const calls: string[] = [];
    const store: Store = {
      ...memory,
      get: (key) => (calls.push("get"), memory.get(key)),
      getMany: (keys) => (calls.push("getMany"), memory.getMany(keys)),
      list: (selector, options) => (calls.push("list"), memory.list(selector, options)),
      commit: (write) => (calls.push("commit"), memory.commit(write)),
    };
    await using service = await createTestContext({ store });
    service.jumio.faults.callbacks = "drop";
    const { execution } = await registerPerson(service);
    await service.jumio.finish(execution.id, "passed");
    await service.drain();
    // Only calls before the answer count, so no job may run.
    await service.context.jobs.stop();
    calls.length = 0;

    const body = createCallback(execution);
    const answer = form === "signed"
      ? await postCallback(service, { body, headers: { "x-jumio-signature": signCallback(body) } })
      : await callBack(service, { execution });

    assert.deepEqual([answer.body["outcome"], calls], ["accepted", expected]);
  });
}

Deno.test("POST /jumio/callback answers duplicate to a callback after a poll settled the execution", async () => {
  await using service = await createTestContext();
  const { execution } = await registerPerson(service);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(execution.id, "passed");
  await service.advance(60 * MINUTE);
  assert.equal(await readOutcome(service, execution.id), "applied");

  const answers = [
    await callBack(service, { execution }),
    await callBack(service, { execution, status: "SESSION_EXPIRED" }),
  ];

  assert.deepEqual(answers.map(({ body }) => body["outcome"]), ["duplicate", "duplicate"]);
});

Deno.test("POST /jumio/callback answers before any upstream is called", async () => {
  await using service = await createTestContext();
  const { execution } = await registerPerson(service);
  service.jumio.faults.isDown = true;
  service.kratos.faults.isAdminDown = true;

  const first = await callBack(service, { execution });
  const second = await callBack(service, { execution });

  assert.deepEqual(first, { status: 200, body: { outcome: "accepted" } });
  assert.deepEqual(second, { status: 200, body: { outcome: "duplicate" } });
});

Deno.test("POST /jumio/callback answers 503 if it cannot store the callback, and accepts the repeat", async () => {
  await using memory = createMemoryStore();
  let isFull = false;
  const store: Store = {
    ...memory,
    commit(write) {
      if (!isFull) return memory.commit(write);
      return Promise.reject(new UpstreamError("kv", "disk_full", { action: "write to KV" }));
    },
  };
  await using service = await createTestContext({ store });
  const { identityId, execution } = await registerPerson(service);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(execution.id, "passed");

  isFull = true;
  const first = await callBack(service, { execution });
  isFull = false;
  const second = await callBack(service, { execution });
  await service.drain();

  assert.equal(first.status, 503);
  assert.deepEqual(second, { status: 200, body: { outcome: "accepted" } });
  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("POST /jumio/callback accepts exactly one of twenty simultaneous callbacks", async () => {
  await using service = await createTestContext();
  const { execution } = await registerPerson(service);

  const answers = await Promise.all(
    Array.from({ length: 20 }, () => callBack(service, { execution })),
  );

  const outcomes = answers.map(({ body }) => body["outcome"]);
  assert.equal(outcomes.filter((outcome) => outcome === "accepted").length, 1);
  assert.equal(outcomes.filter((outcome) => outcome === "duplicate").length, 19);
});

for (const status of ["ACQUIRED", "INITIATED", "SOMETHING_NEW"]) {
  Deno.test(`POST /jumio/callback ignores the status ${status}, which is not final`, async () => {
    await using service = await createTestContext();
    const { execution } = await registerPerson(service);
    const calls = service.jumio.calls.length;

    const answer = await callBack(service, { execution, status });
    await service.drain();

    assert.deepEqual(answer, { status: 200, body: { outcome: "ignored" } });
    assert.equal(service.jumio.calls.length, calls);
  });
}

Deno.test("POST /jumio/callback accepts a signed callback if the secret is set", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registerPerson(service);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(execution.id, "passed");
  const body = createCallback(execution);

  const answer = await postCallback(service, {
    body,
    headers: { "x-jumio-signature": signCallback(body) },
  });
  await service.drain();

  assert.deepEqual(answer, { status: 200, body: { outcome: "accepted" } });
  assert.equal(service.metadata(identityId)["status"], "verified");
});
