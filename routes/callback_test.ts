import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { SimulatedExecution } from "../sandbox/simulators/jumio/simulator.ts";
import { assertUntouched } from "../tests/support/assert_untouched.ts";
import { UpstreamError } from "../lib/upstream/error.ts";
import type { Store } from "../lib/kv/store.ts";
import { type Verification, verificationKey } from "../lib/verification/rows.ts";
import { type Execution, executionKey } from "../lib/verification/executions.ts";
import { CALLBACK_SECRET, createTestContext, type TestContext } from "../tests/support/context.ts";
import { createMemoryStore } from "../tests/support/memory_store.ts";

const JSON_TYPE = { "content-type": "application/json" };
const MINUTE = 60_000;

/** A person who has registered, and the execution that was started for them. */
async function registered(
  service: TestContext,
  email?: string,
): Promise<{ identityId: string; execution: SimulatedExecution }> {
  const identityId = await service.register(email);
  const execution = service.jumio.executions.at(-1);
  assert(execution);
  return { identityId, execution };
}

function callbackOf(
  { id, accountId }: { id: string; accountId: string },
  status = "PROCESSED",
): string {
  return JSON.stringify({
    callbackSentAt: "2026-05-04T09:21:07.113Z",
    workflowExecution: { id, href: "https://evil.example.com/", definitionKey: "10011", status },
    account: { id: accountId, href: "https://evil.example.com/" },
  });
}

function sign(body: string, secret = CALLBACK_SECRET): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

async function post(
  service: TestContext,
  { path = "/jumio/callback", body, headers = {} }: {
    path?: string;
    body: string;
    headers?: Record<string, string>;
  },
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await service.send(path, {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body,
  });
  return { status: response.status, body: await response.json() };
}

/** Calls back by the execution's own address, as Jumio does. */
async function callBack(
  service: TestContext,
  { execution, status }: { execution: SimulatedExecution; status?: string },
): Promise<{ status: number; body: Record<string, unknown> }> {
  const path = new URL(execution.callbackUrl ?? "").pathname;
  return await post(service, { path, body: callbackOf(execution, status) });
}

/** What an execution was settled as. */
async function outcomeOf(service: TestContext, workflowExecutionId: string): Promise<unknown> {
  const { value } = await service.store.get<Execution>(executionKey(workflowExecutionId));
  return value?.settled?.outcome;
}

function countJumio(service: TestContext, method: string): number {
  return service.jumio.calls.filter((call) => call.method === method).length;
}

for (
  const [outcome, status, verdict] of [
    ["passed", "verified", "PASSED"],
    ["warning", "review", "WARNING"],
    ["rejected", "rejected", "FAILED"],
    ["abandoned", "expired", null],
    ["link_expired", "expired", null],
    ["inconclusive", "pending", null],
  ] as const
) {
  Deno.test(`jumioCallback() leads from ${outcome} to ${status} on the identity`, async () => {
    await using service = await createTestContext();
    const { identityId, execution } = await registered(service);

    const deliveries = await service.jumio.finish(execution.id, outcome);
    await service.drain();

    assert.deepEqual(deliveries, [{ status: 200 }]);
    const metadata = service.metadata(identityId);
    assert.deepEqual([metadata["status"], metadata["verdict"]], [status, verdict]);
    assert.equal(metadata["decided_at"] !== null, verdict !== null);
    assert.equal((await service.signIn()).status, status === "rejected" ? 400 : 200);
  });
}

for (
  const [form, expected] of [["signed", ["commit"]], ["with a token", ["get", "commit"]]] as const
) {
  Deno.test(`jumioCallback() ${form} asks KV for ${expected.join(" and ")} before its 200`, async () => {
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
    const { execution } = await registered(service);
    await service.jumio.finish(execution.id, "passed");
    await service.drain();
    // What comes after the answer is not what it waits for.
    await service.context.jobs.stop();
    calls.length = 0;

    const body = callbackOf(execution);
    const answer = form === "signed"
      ? await post(service, { body, headers: { "x-jumio-signature": sign(body) } })
      : await callBack(service, { execution });

    assert.deepEqual([answer.body["outcome"], calls], ["accepted", expected]);
  });
}

Deno.test("jumioCallback() knows the first callback of what a poll has settled for a repeat", async () => {
  await using service = await createTestContext();
  const { execution } = await registered(service);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(execution.id, "passed");
  await service.advance(60 * MINUTE);
  assert.equal(await outcomeOf(service, execution.id), "applied");

  const answers = [
    await callBack(service, { execution }),
    await callBack(service, { execution, status: "SESSION_EXPIRED" }),
  ];

  assert.deepEqual(answers.map(({ body }) => body["outcome"]), ["duplicate", "duplicate"]);
});

Deno.test("jumioCallback() costs one read and one patch, a minute later one read; repeats cost none", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registered(service);
  service.kratos.identities.get(identityId);
  const before = { jumio: service.jumio.calls.length, kratos: service.kratos.calls.length };
  service.jumio.faults.callbacks = "repeat";

  await service.jumio.finish(execution.id, "passed");
  await service.drain();
  const late = await callBack(service, { execution });
  await service.advance(MINUTE);
  await service.advance(60 * MINUTE);

  assert.deepEqual(late, { status: 200, body: { outcome: "duplicate" } });
  assert.deepEqual(service.jumio.calls.slice(before.jumio).map(({ method }) => method), ["GET"]);
  assert.deepEqual(service.kratos.calls.slice(before.kratos).map(({ method }) => method), [
    "PATCH",
    "GET",
  ]);
});

Deno.test("jumioCallback() answers before anybody is asked", async () => {
  await using service = await createTestContext();
  const { execution } = await registered(service);
  service.jumio.faults.isDown = true;
  service.kratos.faults.isAdminDown = true;

  const first = await callBack(service, { execution });
  const second = await callBack(service, { execution });

  assert.deepEqual(first, { status: 200, body: { outcome: "accepted" } });
  assert.deepEqual(second, { status: 200, body: { outcome: "duplicate" } });
});

Deno.test("jumioCallback() answers 503 to what it could not store, and takes the repeat", async () => {
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
  const { identityId, execution } = await registered(service);
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

Deno.test("jumioCallback() accepts exactly one of twenty at once", async () => {
  await using service = await createTestContext();
  const { execution } = await registered(service);

  const answers = await Promise.all(
    Array.from({ length: 20 }, () => callBack(service, { execution })),
  );

  const outcomes = answers.map(({ body }) => body["outcome"]);
  assert.equal(outcomes.filter((outcome) => outcome === "accepted").length, 1);
  assert.equal(outcomes.filter((outcome) => outcome === "duplicate").length, 19);
});

for (const status of ["ACQUIRED", "INITIATED", "SOMETHING_NEW"]) {
  Deno.test(`jumioCallback() ignores ${status}, which settles nothing`, async () => {
    await using service = await createTestContext();
    const { execution } = await registered(service);
    const calls = service.jumio.calls.length;

    const answer = await callBack(service, { execution, status });
    await service.drain();

    assert.deepEqual(answer, { status: 200, body: { outcome: "ignored" } });
    assert.equal(service.jumio.calls.length, calls);
  });
}

Deno.test("jumioCallback() believes no result in a callback: an early one settles nothing", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registered(service);

  const early = await callBack(service, { execution });
  await service.drain();
  const afterEarly = service.metadata(identityId)["status"];
  await service.jumio.finish(execution.id, "rejected");
  await service.advance(5_000);

  assert.equal(early.body["outcome"], "accepted");
  assert.equal(afterEarly, "pending");
  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("jumioCallback() reads again by schedule while details are not there yet", async () => {
  await using service = await createTestContext({ jumio: { detailsDelayMs: 2_500 } });
  const { identityId, execution } = await registered(service);

  await service.jumio.finish(execution.id, "passed");
  await service.drain();
  const atOnce = service.metadata(identityId)["status"];
  await service.advance(1_000);
  await service.advance(2_000);

  assert.equal(atOnce, "pending");
  assert.equal(service.metadata(identityId)["status"], "verified");
});

for (const fault of ["isDown", "isRubbish"] as const) {
  Deno.test(`jumioCallback() loses nothing to a Jumio that ${fault} for a minute`, async () => {
    await using service = await createTestContext();
    const { identityId, execution } = await registered(service);

    await service.jumio.finish(execution.id, "passed");
    service.jumio.faults[fault] = true;
    for (let turn = 0; turn < 6; turn++) await service.advance(10_000);
    service.jumio.faults[fault] = false;
    await service.advance(MINUTE);

    assert.equal(service.metadata(identityId)["status"], "verified");
  });
}

Deno.test("jumioCallback() loses nothing to a Kratos that is down for a minute", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registered(service);
  service.kratos.faults.isAdminDown = true;

  await service.jumio.finish(execution.id, "rejected");
  for (let turn = 0; turn < 6; turn++) await service.advance(10_000);
  service.kratos.faults.isAdminDown = false;
  await service.advance(MINUTE);

  assert.equal(service.metadata(identityId)["status"], "rejected");
  assert.equal(countJumio(service, "GET"), 1);
});

Deno.test("jumioCallback() writes a verdict again that another writer has undone", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registered(service);
  service.kratos.faults.losesNextPatch = true;

  await service.jumio.finish(execution.id, "rejected");
  await service.drain();
  const undone = service.metadata(identityId)["status"];
  await service.advance(MINUTE);

  assert.equal(undone, "pending");
  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("jumioCallback() settles the execution of an identity that Ory has deleted", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registered(service);
  await (await service.kratos.fetch(
    new Request(`http://kratos:4434/admin/identities/${identityId}`, { method: "DELETE" }),
  )).body?.cancel();

  await service.jumio.finish(execution.id, "passed");
  await service.drain();
  await service.advance(60 * MINUTE);

  const patches = service.kratos.calls.filter(({ method }) => method === "PATCH");
  assert.equal(patches.at(-1)?.status, 404);
  assert.equal(patches.length, 2);
  assert.equal((await callBack(service, { execution })).body["outcome"], "duplicate");
});

Deno.test("jumioCallback() touches no other key of the identity's metadata", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registered(service);
  const identity = service.kratos.identities.get(identityId);
  assert(identity);
  Object.assign(Object(identity["metadata_public"]), { plan: "gold" });

  await service.jumio.finish(execution.id, "passed");
  await service.drain();

  const metadata = Object(service.kratos.identities.get(identityId)?.["metadata_public"]);
  assert.deepEqual([metadata.plan, metadata.jumio.status], ["gold", "verified"]);
});

Deno.test("jumioCallback() ends the sessions of a rejected person where the operator says so", async () => {
  await using service = await createTestContext({
    env: { "REVOKE_SESSIONS_ON_REJECTION": "true" },
  });
  const { identityId, execution } = await registered(service);

  await service.jumio.finish(execution.id, "rejected");
  await service.drain();

  const calls = service.kratos.calls.map(({ method, path, status }) =>
    `${method} ${path} ${status}`
  );
  assert.equal(calls.at(-1), `DELETE /admin/identities/${identityId}/sessions 204`);
});

Deno.test("without any callback a verdict arrives by polling, with waits that double", async () => {
  await using service = await createTestContext();
  service.jumio.faults.callbacks = "drop";
  const { identityId, execution } = await registered(service);
  await service.advance(5 * MINUTE);
  await service.follow(identityId);

  const polls = await countPolls(service, 75);
  await service.jumio.finish(execution.id, "passed");
  await service.advance(60 * MINUTE);

  assert.deepEqual(polls, [10, 30, 70]); // from the person's way to Jumio
  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("whom nobody opens the way to Jumio costs one poll, when Jumio's link is over", async () => {
  await using service = await createTestContext();
  service.jumio.faults.callbacks = "drop";
  const { identityId } = await registered(service);

  const polls = await countPolls(service, 75, { linksExpire: true });

  assert.deepEqual(polls, [40]);
  assert.equal(service.metadata(identityId)["status"], "expired");
});

Deno.test("without PUBLIC_URL an execution is polled from its start on", async () => {
  await using service = await createTestContext({ env: { "PUBLIC_URL": "" } });
  service.jumio.faults.callbacks = "drop";
  await registered(service);

  assert.deepEqual(await countPolls(service, 30), [2, 6, 14, 30]);
});

/** In which minutes from now Jumio is asked for something. */
async function countPolls(
  service: TestContext,
  minutes: number,
  { linksExpire = false } = {},
): Promise<number[]> {
  const polls: number[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    const before = countJumio(service, "GET");
    await service.advance(MINUTE);
    if (countJumio(service, "GET") > before) polls.push(minute);
    if (linksExpire) await service.jumio.tick();
  }
  return polls;
}

Deno.test("an execution that came to no conclusion is polled no more", async () => {
  await using service = await createTestContext();
  const { execution } = await registered(service);
  await service.jumio.finish(execution.id, "inconclusive");
  await service.drain();
  const before = countJumio(service, "GET");

  for (let hour = 0; hour < 24; hour++) await service.advance(60 * MINUTE);

  assert.equal(countJumio(service, "GET"), before);
});

Deno.test("a signed callback is accepted where the secret is set", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registered(service);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(execution.id, "passed");
  const body = callbackOf(execution);

  const answer = await post(service, { body, headers: { "x-jumio-signature": sign(body) } });
  await service.drain();

  assert.deepEqual(answer, { status: 200, body: { outcome: "accepted" } });
  assert.equal(service.metadata(identityId)["status"], "verified");
});

const EXECUTION = { id: crypto.randomUUID(), accountId: crypto.randomUUID() };
const BODY = callbackOf(EXECUTION);
const TOKEN_PATH = `/jumio/callback/${"A".repeat(43)}`;

const REFUSALS: readonly [
  name: string,
  status: number,
  request: { path?: string; body: string; headers?: Record<string, string> },
][] = [
  ["without signature and token", 401, { body: BODY }],
  ["with a signature by another secret", 401, {
    body: BODY,
    headers: { "x-jumio-signature": sign(BODY, "another") },
  }],
  ["with a signature of another body", 401, {
    body: BODY,
    headers: { "x-jumio-signature": sign(`${BODY} `) },
  }],
  ["with a token that nobody was given", 401, { path: TOKEN_PATH, body: BODY }],
  ["with a token that cannot be one", 401, { path: "/jumio/callback/x", body: BODY }],
  ["with a good signature and a token that nobody was given", 401, {
    path: TOKEN_PATH,
    body: BODY,
    headers: { "x-jumio-signature": sign(BODY) },
  }],
  ["with bad JSON and without a signature: the sender comes first", 401, { body: "{" }],
  ["with another content type", 415, { body: BODY, headers: { "content-type": "text/plain" } }],
  ["with a body over the limit", 413, { body: "x".repeat(65_537) }],
  ["with bad JSON", 400, { body: "{", headers: { "x-jumio-signature": sign("{") } }],
  ["with ids that are no UUIDs", 400, {
    body: callbackOf({ id: "../..", accountId: EXECUTION.accountId }),
    headers: { "x-jumio-signature": sign(callbackOf({ ...EXECUTION, id: "../.." })) },
  }],
];

for (const [name, status, request] of REFUSALS) {
  Deno.test(`jumioCallback() refuses a callback ${name} with ${status}`, async () => {
    await using service = await createTestContext();

    const answer = await post(service, request);

    assert.equal(answer.status, status);
    assert.equal(answer.body["status"], status);
    await service.drain();
    await assertUntouched(service);
  });
}

Deno.test("jumioCallback() gives all refusals of authentication one answer; the log knows which", async () => {
  await using service = await createTestContext();

  const answers = [];
  for (const [, status, request] of REFUSALS) {
    if (status === 401) answers.push((await post(service, request)).body);
  }

  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  const reasons = new Set(service.lines.map((line) => JSON.parse(line).reason));
  assert.deepEqual(
    reasons,
    new Set(["callback_unauthenticated", "callback_signature", "callback_token"]),
  );
});

Deno.test("jumioCallback() refuses a wrong signature although the token is right", async () => {
  await using service = await createTestContext();
  const { execution } = await registered(service);
  const path = new URL(execution.callbackUrl ?? "").pathname;
  const body = callbackOf(execution);

  const answer = await post(service, {
    path,
    body,
    headers: { "x-jumio-signature": sign(body, "another") },
  });

  assert.equal(answer.status, 401);
});

Deno.test("jumioCallback() turns the signed form off where no secret is set", async () => {
  await using service = await createTestContext({ env: { "JUMIO_CALLBACK_SECRET": "" } });

  const answer = await post(service, {
    body: BODY,
    headers: { "x-jumio-signature": sign(BODY, "") },
  });

  assert.equal(answer.status, 401);
  await assertUntouched(service);
});

Deno.test("jumioCallback() lets a token open its own execution only", async () => {
  await using service = await createTestContext();
  const { execution: ada } = await registered(service, "ada@example.com");
  service.clock.now += 1_000;
  const { execution: eve, identityId: eveId } = await registered(service, "eve@example.com");
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(ada.id, "passed");
  const calls = service.jumio.calls.length;

  const path = new URL(eve.callbackUrl ?? "").pathname;
  const known = await post(service, { path, body: callbackOf(ada) });
  const unknown = await post(service, { path, body: callbackOf(EXECUTION) });
  const mixed = await post(service, {
    path,
    body: callbackOf({ ...eve, accountId: ada.accountId }),
  });
  await service.drain();

  assert.deepEqual([known.status, unknown.status], [401, 401]);
  assert.match(service.lines.join(), /callback_other_execution/);
  // The account in the body decides nothing: our own record names it.
  assert.equal(mixed.status, 200);
  assert.match(service.jumio.calls[calls]?.path ?? "", new RegExp(eve.accountId));
  assert.equal(service.metadata(eveId)["status"], "pending");
});

Deno.test("jumioCallback() lets no token open anything after its lifetime", async () => {
  await using service = await createTestContext();
  const { execution } = await registered(service);
  service.clock.now += 90 * 24 * 60 * MINUTE;

  assert.equal((await callBack(service, { execution })).status, 401);
});

Deno.test("jumioCallback() narrows by the source, behind as many proxies as are ours", async () => {
  const env = { "JUMIO_CALLBACK_SOURCES": "34.202.241.227", "TRUSTED_PROXY_HOPS": "1" };
  await using service = await createTestContext({ env });
  const { execution } = await registered(service);
  const path = new URL(execution.callbackUrl ?? "").pathname;
  const from = async (source: string) =>
    (await post(service, {
      path,
      body: callbackOf(execution),
      headers: { "x-forwarded-for": source },
    })).status;

  assert.equal(await from("34.202.241.227, 198.51.100.1"), 401);
  assert.equal(await from("198.51.100.1, 34.202.241.227"), 200);
});

Deno.test("an execution that Jumio says is another identity's never changes this one", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registered(service);
  Object.assign(execution, {
    customerInternalReference: crypto.randomUUID(),
    userReference: undefined,
  });

  await service.jumio.finish(execution.id, "passed");
  await service.drain();

  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.match(service.lines.join("\n"), /"level":"error".*read_back_mismatch/);
});

Deno.test("an execution that nobody here has started is settled as ignored", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registered(service);
  service.jumio.faults.callbacks = "drop";
  // Somebody started it by hand in Jumio's portal, with this identity's id as its reference.
  const foreign = { ...execution, id: crypto.randomUUID(), accountId: crypto.randomUUID() };
  Object.assign(service.jumio.executions, { 1: foreign });
  await service.jumio.finish(foreign.id, "passed");
  const body = callbackOf(foreign);
  const headers = { "x-jumio-signature": sign(body) };

  const first = await post(service, { body, headers });
  await service.advance(40_000);
  await service.advance(40_000);
  const second = await post(service, { body, headers });

  assert.equal(first.body["outcome"], "accepted");
  assert.equal(second.body["outcome"], "duplicate");
  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.equal(await outcomeOf(service, foreign.id), "ignored");
});

Deno.test("an execution that the identity does not name is ignored, also where KV was lost", async () => {
  await using before = await createTestContext();
  const { identityId, execution } = await registered(before);
  await using service = await createTestContext();
  const identity = structuredClone(before.kratos.identities.get(identityId));
  assert(identity);
  const foreign = { ...execution, id: crypto.randomUUID(), accountId: crypto.randomUUID() };
  Object.assign(service.jumio.executions, { 0: foreign });
  Object(service.kratos.identities).set(identityId, identity);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(foreign.id, "passed");
  const body = callbackOf(foreign);

  await post(service, { body, headers: { "x-jumio-signature": sign(body) } });
  await service.advance(40_000);
  await service.advance(40_000);

  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.equal(await outcomeOf(service, foreign.id), "ignored");
});

Deno.test("an older execution is recorded, and changes nothing after a newer one was started", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registered(service);
  const row = await service.store.get<Verification>(verificationKey(identityId));
  assert(row.value);
  const newer = { ...row.value, workflowExecutionId: crypto.randomUUID() };
  await service.store.commit({ sets: [{ key: row.key, value: newer }] });

  await service.jumio.finish(execution.id, "rejected");
  await service.advance(MINUTE);

  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.equal(await outcomeOf(service, execution.id), "superseded");
});

Deno.test("a lost KV heals, because the identity names its execution", async () => {
  await using before = await createTestContext();
  const { identityId, execution } = await registered(before);
  await using service = await createTestContext();
  const identity = before.kratos.identities.get(identityId);
  assert(identity);
  Object.assign(service.jumio.executions, { 0: execution });
  Object(service.kratos.identities).set(identityId, identity);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(execution.id, "rejected");
  const body = callbackOf(execution);

  await post(service, { body, headers: { "x-jumio-signature": sign(body) } });
  await service.advance(40_000);

  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("a callback that overtakes the answer to its create call is applied once that is there", async () => {
  await using service = await createTestContext();
  service.jumio.faults.losesNextAnswer = true;
  const identityId = await service.register();
  const [spare] = service.jumio.executions;
  assert(spare);
  await service.jumio.finish(spare.id, "passed");
  await service.drain();

  // Only the execution whose answer we got counts, whatever the spare one came to.
  await service.advance(2_000);
  const [, named] = service.jumio.executions;
  assert(named);
  await service.jumio.finish(named.id, "rejected");
  await service.advance(60_000);
  await service.advance(60_000);

  const metadata = service.metadata(identityId);
  assert.equal(metadata["workflow_execution_id"], named.id);
  assert.equal(metadata["status"], "rejected");
});
