import assert from "node:assert/strict";
import { createJumioSimulator, type JumioSimulator, OUTCOMES } from "./simulator.ts";

const HOSTS = {
  auth: "https://auth.emea-1.jumio.ai",
  account: "https://account.emea-1.jumio.ai",
  retrieval: "https://retrieval.emea-1.jumio.ai",
  web: "https://acme.web.emea-1.jumio.ai",
};

const REFERENCE = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const START = {
  customerInternalReference: REFERENCE,
  userReference: REFERENCE,
  workflowDefinition: { key: "10011" },
  callbackUrl: "https://kyc.example.com/jumio/callback/t",
};
const ACCOUNTS = `${HOSTS.account}/api/v1/accounts`;
const MINUTE = 60_000;

interface Received {
  readonly body: Record<string, unknown>;
  readonly signature: string | null;
}

/** A simulator, a client of it, and what its callbacks brought. */
function create(options: Partial<Parameters<typeof createJumioSimulator>[0]> = {}) {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const received: Received[] = [];
  const simulator = createJumioSimulator({
    hosts: HOSTS,
    now: () => clock.now,
    clientId: "client",
    clientSecret: "secret",
    async fetch(input, init) {
      const request = new Request(input, init);
      const signature = request.headers.get("x-jumio-signature");
      received.push({ body: await request.json(), signature });
      return new Response(null);
    },
    ...options,
  });
  return { simulator, clock, received };
}

async function call(
  simulator: JumioSimulator,
  { method = "GET", url, body, headers = {} }: {
    method?: string;
    url: string;
    body?: BodyInit;
    headers?: Record<string, string>;
  },
  // deno-lint-ignore no-explicit-any -- tests look at whatever came
): Promise<{ status: number; json: any }> {
  const init = { method, headers: { "user-agent": "test", ...headers } };
  const request = new Request(url, body === undefined ? init : { ...init, body });
  const response = await simulator.fetch(request);
  const text = await response.text();
  return { status: response.status, json: text.startsWith("{") ? JSON.parse(text) : text };
}

async function authorize(simulator: JumioSimulator): Promise<Record<string, string>> {
  const { json } = await call(simulator, {
    method: "POST",
    url: `${HOSTS.auth}/oauth2/token`,
    headers: { authorization: `Basic ${btoa("client:secret")}` },
    body: new URLSearchParams({ "grant_type": "client_credentials" }),
  });
  return { authorization: `Bearer ${json["access_token"]}` };
}

/** Starts an execution as the service does. */
// deno-lint-ignore no-explicit-any -- tests look at whatever came
async function start(simulator: JumioSimulator, body: unknown = START): Promise<any> {
  const headers = await authorize(simulator);
  const request = { method: "POST", url: ACCOUNTS, headers, body: JSON.stringify(body) };
  return await call(simulator, request);
}

async function retrieve(simulator: JumioSimulator, suffix = "") {
  const { accountId, id } = simulator.executions[0] ?? { accountId: "", id: "" };
  const path = `/api/v1/accounts/${accountId}/workflow-executions/${id}${suffix}`;
  return await call(simulator, {
    url: HOSTS.retrieval + path,
    headers: await authorize(simulator),
  });
}

Deno.test("the simulator answers a start with nested ids and a link", async () => {
  const { simulator } = create();

  const { status, json } = await start(simulator);

  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ["timestamp", "account", "web", "sdk", "workflowExecution"]);
  assert.equal(json.id, undefined);
  assert.match(json.web.href, /^https:\/\/acme\.web\.emea-1\.jumio\.ai\/web\/client\?/);
});

Deno.test("the simulator gives no link without a web domain", async () => {
  const { simulator } = create({ hasWebDomain: false });

  assert.equal((await start(simulator)).json.web, undefined);
});

for (
  const [name, changes] of [
    ["without a reference", { customerInternalReference: undefined }],
    ["with a reference that is too long", { customerInternalReference: "x".repeat(101) }],
    ["with a forbidden character", { customerInternalReference: "a/b" }],
    ["without a workflow key", { workflowDefinition: {} }],
    ["with a lifetime of no form", { tokenLifetime: "1 day" }],
    ["with a callback address that is too long", { callbackUrl: `https://x/${"x".repeat(250)}` }],
    ["with a query on the way back", { web: { successUrl: "https://x.example.com/?a=b" } }],
    ["with a language that is too long", { web: { locale: "german" } }],
  ] as const
) {
  Deno.test(`the simulator refuses a start ${name}`, async () => {
    const { simulator } = create();

    assert.equal((await start(simulator, { ...START, ...changes })).status, 400);
  });
}

Deno.test("the simulator refuses a missing User-Agent, a bad token and a wrong host", async () => {
  const { simulator } = create();
  const headers = await authorize(simulator);
  const body = JSON.stringify(START);

  const noAgent = await call(simulator, {
    method: "POST",
    url: ACCOUNTS,
    headers: { ...headers, "user-agent": "" },
    body,
  });
  const noToken = await call(simulator, { method: "POST", url: ACCOUNTS, body });
  const wrongHost = await call(simulator, {
    method: "POST",
    url: `${HOSTS.retrieval}/api/v1/accounts`,
    headers,
    body,
  });

  assert.deepEqual([noAgent.status, noToken.status, wrongHost.status], [403, 401, 404]);
  assert.deepEqual(noToken.json, {
    title: "Unauthorized",
    status: 401,
    detail: "The provided credentials are invalid",
  });
});

Deno.test("the simulator's tokens end after an hour, and when they are revoked", async () => {
  const { simulator, clock } = create();
  await start(simulator);
  const headers = await authorize(simulator);
  const url = `${HOSTS.retrieval}/api/v1/accounts/x/workflow-executions/y`;

  const fresh = await call(simulator, { url, headers });
  clock.now += 60 * MINUTE;
  const old = await call(simulator, { url, headers });
  const renewed = await authorize(simulator);
  simulator.revokeTokens();
  const revoked = await call(simulator, { url, headers: renewed });

  assert.deepEqual([fresh.status, old.status, revoked.status], [404, 401, 401]);
});

Deno.test("the simulator limits starts, with Jumio's body", async () => {
  const { simulator, clock } = create();
  for (let turn = 0; turn < 5; turn++) await start(simulator);

  const beyond = await start(simulator);
  clock.now += 5_000;
  const later = await start(simulator);

  assert.deepEqual(beyond.json, {
    title: "Too Many Requests",
    status: 429,
    detail: "Request limit exceeded",
  });
  assert.equal(later.status, 200);
});

Deno.test("the simulator puts a later execution on a known account, by PUT", async () => {
  const { simulator } = create();
  const { json: first } = await start(simulator);
  const put = async (accountId: string) =>
    await call(simulator, {
      method: "PUT",
      url: `${ACCOUNTS}/${accountId}`,
      headers: await authorize(simulator),
      body: JSON.stringify(START),
    });

  const second = await put(first.account.id);
  const unknown = await put(crypto.randomUUID());

  assert.equal(second.json.account.id, first.account.id);
  assert.notEqual(second.json.workflowExecution.id, first.workflowExecution.id);
  assert.equal(unknown.status, 404);
});

for (const outcome of OUTCOMES) {
  Deno.test(`the simulator calls back about ${outcome} with ids and a status, nothing more`, async () => {
    const { simulator, received } = create();
    await start(simulator);
    const [execution] = simulator.executions;
    assert(execution);

    await simulator.finish(execution.id, outcome);

    const [{ body, signature } = { body: {}, signature: "" }] = received;
    assert.equal(signature, null);
    assert.deepEqual(Object.keys(body), [
      "callbackSentAt",
      "userReference",
      "workflowExecution",
      "account",
    ]);
    const text = JSON.stringify(body);
    assert(!text.includes("customerInternalReference") && !text.includes("decision"));
    assert(text.includes(`/api/v1/workflow-executions/${execution.id}"`));
  });
}

Deno.test("the simulator reports expired executions in both of Jumio's forms", async () => {
  const { simulator } = create({ accountsPerFiveSeconds: 1000 });
  const seen = new Set<string>();
  for (let turn = 0; turn < 40; turn++) {
    await start(simulator);
    const execution = simulator.executions[turn];
    assert(execution);
    await simulator.finish(execution.id, "link_expired");
    seen.add(`${execution.status} ${execution.decision?.type} ${execution.decision?.score}`);
  }

  assert.deepEqual(
    seen,
    new Set(["TOKEN_EXPIRED NOT_EXECUTED -1", "TOKEN_EXPIRED REJECTED 100"]),
  );
});

Deno.test("the simulator has personal data in its details, which are late at first", async () => {
  const { simulator, clock } = create({ detailsDelayMs: 1_000 });
  await start(simulator);
  await simulator.finish(simulator.executions[0]?.id ?? "", "passed");

  const early = await retrieve(simulator);
  const status = await retrieve(simulator, "/status");
  clock.now += 1_000;
  const details = await retrieve(simulator);

  assert.equal(early.status, 404);
  assert.equal(status.json.workflowExecution.status, "PROCESSED");
  assert.equal(details.json.workflow.customerInternalReference, REFERENCE);
  assert.equal(details.json.decision.type, "PASSED");
  assert.match(JSON.stringify(details.json), /PERSONALFIRSTNAME/);
});

Deno.test("the simulator has no details after a deletion", async () => {
  const { simulator } = create();
  await start(simulator);
  const [execution] = simulator.executions;
  await simulator.finish(execution?.id ?? "", "passed");

  const deleted = await call(simulator, {
    method: "DELETE",
    url: `${HOSTS.retrieval}/api/v1/accounts/${execution?.accountId}`,
    headers: await authorize(simulator),
  });

  assert.equal(deleted.status, 200);
  assert.equal((await retrieve(simulator)).status, 404);
});

Deno.test("the simulator sends callbacks that nobody may believe as it is told", async () => {
  const urls: string[] = [];
  const signatures: (string | null)[] = [];
  const { simulator } = create({
    fetch(input, init) {
      const request = new Request(input, init);
      urls.push(request.url);
      signatures.push(request.headers.get("x-jumio-signature"));
      return Promise.resolve(new Response(null, { status: 401 }));
    },
  });

  for (const callbacks of ["unsigned", "forged"] as const) {
    const { json } = await start(simulator);
    simulator.faults.callbacks = callbacks;
    assert.deepEqual(await simulator.finish(json.workflowExecution.id, "passed"), [
      { status: 401 },
    ]);
  }

  assert.deepEqual(urls, ["https://kyc.example.com/jumio/callback", START.callbackUrl]);
  assert.equal(signatures[0], null);
  assert.match(signatures[1] ?? "", /^[0-9a-f]{64}$/);
});

Deno.test("the simulator drops, repeats and reorders callbacks as it is told", async () => {
  const { simulator, received } = create();
  for (let turn = 0; turn < 4; turn++) await start(simulator);
  const ids = simulator.executions.map(({ id }) => id);
  const finish = async (turn: number, callbacks: "drop" | "repeat" | "hold") => {
    simulator.faults.callbacks = callbacks;
    await simulator.finish(ids[turn] ?? "", "passed");
  };

  await finish(0, "drop");
  const dropped = received.length;
  await finish(1, "repeat");
  const repeated = received.length;
  await finish(2, "hold");
  await finish(3, "hold");
  await simulator.releaseCallbacks();

  assert.deepEqual([dropped, repeated], [0, 3]);
  const order = received.slice(3).map(({ body }) => Object(body["workflowExecution"]).id);
  assert.deepEqual(order, [ids[3], ids[2]]);
});

Deno.test("the simulator signs where it is told", async () => {
  const { simulator, received } = create({ signCallbacksWith: "callback-secret" });
  await start(simulator);

  await simulator.finish(simulator.executions[0]?.id ?? "", "passed");

  assert.match(received[0]?.signature ?? "", /^[0-9a-f]{64}$/);
});

Deno.test("the simulator expires what nobody finishes: the link, or the session once begun", async () => {
  const { simulator, clock } = create();
  await start(simulator);
  await start(simulator);
  const [left, begun] = simulator.executions;
  assert(left && begun);
  await call(simulator, { url: begun.href });

  clock.now += 15 * MINUTE;
  await simulator.tick();
  const first = [left.status, begun.status];
  clock.now += 15 * MINUTE;
  await simulator.tick();

  assert.deepEqual(first, ["INITIATED", "SESSION_EXPIRED"]);
  assert.equal(left.status, "TOKEN_EXPIRED");
});

Deno.test("the pretend page takes an outcome once, and leads back with Jumio's parameters", async () => {
  const { simulator } = create();
  const web = {
    successUrl: "https://app.example.com/done",
    errorUrl: "https://app.example.com/no",
  };
  await start(simulator, { ...START, web });
  const [execution] = simulator.executions;
  assert(execution);

  const page = await call(simulator, { url: execution.href });
  const answer = await simulator.fetch(
    new Request(execution.href, {
      method: "POST",
      body: new URLSearchParams({ outcome: "abandoned" }),
    }),
  );
  const again = await call(simulator, { url: execution.href });

  assert.equal(page.json.match(/<button/g)?.length, OUTCOMES.length);
  const target = new URL(answer.headers.get("location") ?? "");
  assert.equal(target.origin + target.pathname, web.errorUrl);
  assert.equal(target.searchParams.get("acquisitionStatus"), "ERROR");
  assert.equal(target.searchParams.get("errorCode"), "9210");
  assert.equal(again.status, 410);
});

for (
  const [name, fault, expected] of [
    ["is down", { isDown: true }, 503],
    ["answers rubbish", { isRubbish: true }, 200],
    ["is told to", { nextStatuses: [418] }, 418],
  ] as const
) {
  Deno.test(`the simulator fails as it should when it ${name}`, async () => {
    const { simulator } = create();
    Object.assign(simulator.faults, structuredClone(fault));

    const answer = await call(simulator, { url: `${HOSTS.retrieval}/api/v1/accounts/x` });

    assert.equal(answer.status, expected);
  });
}
