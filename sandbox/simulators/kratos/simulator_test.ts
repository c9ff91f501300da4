import assert from "node:assert/strict";
import * as z from "zod";
import { renderStandIn } from "./jsonnet.ts";
import { createKratosSimulator, type KratosSimulator } from "./simulator.ts";
import { OryActions } from "../../../cli/kratos_config/ory_actions.ts";

const SERVICE = "https://kyc.example.com";
const KRATOS = "http://kratos.example.com";
const ZERO_ID = "00000000-0000-0000-0000-000000000000";
const ADA = { email: "ada@example.com" };
const REFUSAL = {
  messages: [{ "instance_ptr": "#/", messages: [{ id: 1, text: "Refused", type: "error" }] }],
};

Deno.test("createKratosSimulator() calls at registration when the identity is stored", async () => {
  const { kratos, seen } = setUp();

  const end = await kratos.register(ADA);

  assert.deepEqual([end.ok, end.status], [true, 200]);
  assert.equal(typeof end.sessionToken, "string");
  const [hook] = seen;
  assert.equal(hook?.url, `${SERVICE}/jumio/initiate`);
  assert.equal(hook?.headers["x-webhook-secret"], "hook-secret");
  assert.equal(hook?.headers["content-type"], "application/json");
  assert.equal(hook?.body["identity_id"], end.identityId);
  assert(kratos.identities.has(end.identityId ?? ""));
});

for (const config of [{ response: { parse: true } }, { "can_interrupt": true }]) {
  Deno.test(`createKratosSimulator() calls before storing with ${JSON.stringify(config)}`, async () => {
    const { kratos, seen } = setUp({ registration: config });

    const end = await kratos.register(ADA);

    assert.equal(end.ok, true);
    assert.equal(seen[0]?.body["identity_id"], ZERO_ID);
    assert.notEqual(end.identityId, ZERO_ID);
  });
}

Deno.test("createKratosSimulator() takes metadata from a hook before storing, but no id", async () => {
  const identity = { id: crypto.randomUUID(), "metadata_public": { plan: "gold" } };
  const { kratos } = setUp({
    registration: { response: { parse: true } },
    answer: () => Response.json({ identity }),
  });

  const { identityId = "" } = await kratos.register(ADA);

  assert.notEqual(identityId, identity.id);
  assert.deepEqual(kratos.identities.get(identityId)?.["metadata_public"], { plan: "gold" });
});

const FAILURES: readonly [name: string, answer: () => Response, status: number, calls: number][] = [
  ["400", () => new Response("no", { status: 400 }), 502, 1],
  ["501", () => new Response("no", { status: 501 }), 502, 1],
  ["503", () => new Response("no", { status: 503 }), 400, 3],
  ["429", () => new Response("no", { status: 429 }), 400, 3],
  ["no connection", () => raise(new TypeError("refused")), 400, 3],
];

for (const [name, answer, status, calls] of FAILURES) {
  Deno.test(`createKratosSimulator() keeps the identity when its hook ends in ${name}`, async () => {
    const { kratos, seen } = setUp({ answer });

    const end = await kratos.register(ADA);
    const again = await kratos.register(ADA);

    assert.deepEqual([end.ok, end.status, end.sessionToken], [false, status, undefined]);
    assert(kratos.identities.has(end.identityId ?? ""));
    assert.equal(seen.length, calls);
    assert.equal(again.status, 400);
    assert.match(again.messages.join(), /exists already/);
  });
}

Deno.test("createKratosSimulator() waits 1 s and 2 s, under one trigger id", async () => {
  const { kratos, seen, waits } = setUp({ answer: () => new Response(null, { status: 500 }) });

  await kratos.register(ADA);

  assert.deepEqual(waits, [1000, 2000]);
  assert.equal(new Set(seen.map(({ headers }) => headers["ory-webhook-trigger-id"])).size, 1);
  assert.equal(new Set(seen.map(({ headers }) => headers["ory-webhook-request-id"])).size, 3);
});

Deno.test("createKratosSimulator() obeys Retry-After, however long", async () => {
  const headers = { "retry-after": "7200" };
  const { kratos, waits } = setUp({ answer: () => new Response(null, { status: 503, headers }) });

  await kratos.register(ADA);

  assert.deepEqual(waits, [7_200_000, 7_200_000]);
});

Deno.test("createKratosSimulator() gives up on a service that hangs with 504", async () => {
  const { kratos } = setUp({
    hookTimeoutMs: 0,
    fetch: (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
      }),
  });

  const end = await kratos.register(ADA);

  assert.equal(end.status, 504);
});

Deno.test("createKratosSimulator() does not wait for a hook whose answer it ignores", async () => {
  const { kratos, seen } = setUp({
    registration: { response: { ignore: true } },
    answer: () => new Response(null, { status: 400 }),
  });

  const end = await kratos.register(ADA);
  await kratos.waitForHooks();

  assert.equal(end.ok, true);
  assert.equal(seen.length, 1);
});

Deno.test("createKratosSimulator() skips the flow's own list where the method has one", async () => {
  const actions = createActions({}, { hooks: [createHook("initiate")] });
  const { kratos, seen } = setUp({ actions });
  const without = setUp({ actions, hasSessionHook: false });

  await kratos.register(ADA);
  await without.kratos.register(ADA);

  assert.equal(seen.length, 0);
  assert.equal(without.seen.length, 1);
});

const INTERRUPTIONS: readonly [
  name: string,
  answer: () => Response,
  end: [ok: boolean, status: number, messages: readonly string[]],
][] = [
  ["200 and text", () => new Response("fine"), [true, 200, []]],
  ["204", () => new Response(null, { status: 204 }), [true, 200, []]],
  ["nested messages", () => Response.json(REFUSAL, { status: 403 }), [false, 400, ["Refused"]]],
  [
    "a flat message",
    () => Response.json({ messages: [{ "instance_ptr": "#/", message: "x" }] }, { status: 403 }),
    [false, 400, []],
  ],
  [
    "a message at a field",
    () =>
      Response.json(
        { messages: [{ ...REFUSAL.messages[0], "instance_ptr": "#/identifier" }] },
        { status: 400 },
      ),
    [false, 400, ["Refused"]],
  ],
  ["403 and text", () => new Response("no", { status: 403 }), [false, 400, [
    "webhook response could not be unmarshalled properly from JSON",
  ]]],
  ["500 with messages", () => Response.json(REFUSAL, { status: 500 }), [false, 400, [
    `POST ${SERVICE}/jumio/validate giving up after 3 attempt(s)`,
  ]]],
];

for (const [name, answer, [ok, status, messages]] of INTERRUPTIONS) {
  Deno.test(`createKratosSimulator() takes ${name} at sign-in as Kratos does`, async () => {
    const { kratos, script } = setUp();
    await kratos.register(ADA);
    script.answer = answer;

    const end = await kratos.login(ADA);

    assert.deepEqual([end.ok, end.status, end.messages], [ok, status, messages]);
    assert.equal(end.sessionToken !== undefined, ok);
  });
}

Deno.test("createKratosSimulator() refuses a wrong password without asking the service", async () => {
  const { kratos, seen } = setUp();
  await kratos.register(ADA);

  const end = await kratos.login({ ...ADA, password: "another one" });

  assert.equal(end.status, 400);
  assert.match(end.messages.join(), /credentials are invalid/);
  assert.equal(seen.length, 1);
});

Deno.test("createKratosSimulator() signs in without a call where the template cancels", async () => {
  const { kratos, seen, script } = setUp();
  const { identityId = "" } = await kratos.register(ADA);
  await patch(kratos, identityId, [
    { op: "add", path: "/metadata_public/jumio", value: { status: "verified" } },
  ]);
  script.answer = () => raise(new TypeError("down"));

  const signIn = await kratos.login(ADA);
  const recovery = await kratos.recover(ADA);

  assert.deepEqual([signIn.ok, recovery.ok, seen.length], [true, true, 1]);
});

Deno.test("createKratosSimulator() stores no session for a recovery that is refused", async () => {
  const { kratos, script } = setUp();
  await kratos.register(ADA);
  const allowed = await kratos.recover(ADA);
  script.answer = () => Response.json(REFUSAL, { status: 403 });

  const refused = await kratos.recover(ADA);

  assert.deepEqual([allowed.ok, allowed.status], [true, 303]);
  assert.deepEqual([refused.ok, refused.status], [false, 303]);
  assert.deepEqual(refused.messages, ["Refused"]);
  assert.equal(refused.sessionToken, undefined);
  const cookie = `ory_kratos_session=${allowed.sessionToken}`;
  assert.equal((await call(kratos, "/sessions/whoami", { headers: { cookie } })).status, 200);
});

Deno.test("createKratosSimulator() ends sessions, and shows no admin metadata in them", async () => {
  const { kratos } = setUp();
  const { identityId = "", sessionToken = "" } = await kratos.register(ADA);
  const path = `/admin/identities/${identityId}`;
  await patch(kratos, identityId, [{ op: "add", path: "/metadata_admin", value: { a: 1 } }]);
  const headers = { "x-session-token": sessionToken };

  const before = await call(kratos, "/sessions/whoami", { headers });
  const ended = await call(kratos, `${path}/sessions`, { method: "DELETE" });
  const again = await call(kratos, `${path}/sessions`, { method: "DELETE" });
  const after = await call(kratos, "/sessions/whoami", { headers });

  assert.deepEqual([before.status, ended.status, again.status, after.status], [200, 204, 404, 401]);
  const { identity } = z.object({ identity: z.looseObject({ id: z.string() }) }).parse(before.json);
  assert.equal(identity.id, identityId);
  assert(!("metadata_admin" in identity));
});

const add = (path: string, value: unknown) => ({ op: "add", path, value });

const PATCHES: readonly [name: string, metadata: unknown, operations: unknown, after: unknown][] = [
  ["adds under null", null, [add("/metadata_public/a/b", 1)], { a: { b: 1 } }],
  ["replaces what is missing", {}, [{ ...add("/metadata_public/a", 1), op: "replace" }], { a: 1 }],
  ["adds a list under null for digits", null, [add("/metadata_public/2", 1)], [null, null, 1]],
  ["adds to the end of a list", { l: [1] }, [add("/metadata_public/l/-", 2)], { l: [1, 2] }],
  ["reads ~1 and ~0", {}, [add("/metadata_public/a~1b~0", 1)], { "a/b~": 1 }],
  ["removes", { a: 1, b: 2 }, [{ op: "remove", path: "/metadata_public/a" }], { b: 2 }],
  ["refuses to remove what is missing", {}, [{ op: "remove", path: "/metadata_public/a" }], 400],
  ["refuses a parent that is text", "text", [add("/metadata_public/a", 1)], 400],
  ["refuses a missing element", { l: [1] }, [
    { ...add("/metadata_public/l/5", 1), op: "replace" },
  ], 400],
  ["refuses test", { a: 1 }, [{ ...add("/metadata_public/a", 1), op: "test" }], 400],
  ["refuses a move", { a: 1 }, [
    { op: "move", path: "/metadata_public/b", from: "/metadata_public/a" },
  ], 400],
  ["refuses the id", {}, [add("/metadata_public/a", 1), add("/ID", "x")], 400],
  ["refuses credentials", {}, [add("/credentials/password", {})], 400],
  ["refuses a state that it does not know", {}, [add("/state", "gone")], 400],
  ["refuses traits that do not fit", {}, [add("/traits/email", "nobody")], 400],
  ["refuses what is no list", {}, { op: "add" }, 400],
  ["drops fields that it does not know", { a: 1 }, [add("/nonsense", 1)], { a: 1 }],
];

for (const [name, metadata, operations, after] of PATCHES) {
  Deno.test(`createKratosSimulator() patches as Kratos does: ${name}`, async () => {
    const { kratos } = setUp();
    const { identityId = "" } = await kratos.register(ADA);
    await patch(kratos, identityId, [add("/metadata_public", metadata)]);

    const { status } = await patch(kratos, identityId, operations);

    const identity = kratos.identities.get(identityId);
    assert.equal(status, after === 400 ? 400 : 200);
    assert.deepEqual(identity?.["metadata_public"], after === 400 ? metadata : after);
    assert.deepEqual(identity?.traits, ADA);
    assert(!Object.hasOwn(identity ?? {}, "nonsense"));
  });
}

for (const id of ["malformed", "3f0c8f6e-4b8f-4d0a-9d43-5a5c0a1f2b6d", ZERO_ID]) {
  Deno.test(`createKratosSimulator() does not know ${id}`, async () => {
    const { kratos } = setUp();

    const { status } = await patch(kratos, id, []);

    assert.equal(status, 404);
  });
}

Deno.test("createKratosSimulator() lets a patch take no address of another's", async () => {
  const { kratos } = setUp();
  await kratos.register({ email: "eva@example.com" });
  const { identityId = "" } = await kratos.register(ADA);
  const take = (value: string) =>
    patch(kratos, identityId, [{ op: "replace", path: "/traits/email", value }]);

  assert.equal((await take("Eva@example.com")).status, 409);
  assert.equal((await take("ADA@example.com")).status, 200);
  assert.equal(kratos.identities.get(identityId)?.traits.email, "ADA@example.com");
});

Deno.test("createKratosSimulator() lists identities by page, by id and by address", async () => {
  const { kratos } = setUp();
  const ids: string[] = [];
  for (const name of ["a", "b", "c"]) {
    const { identityId = "" } = await kratos.register({ email: `${name}@example.com` });
    ids.push(identityId);
  }

  const pages: string[] = [];
  let next: string | undefined = "/admin/identities?page_size=2";
  while (next !== undefined) {
    const page: Answered = await call(kratos, next);
    pages.push(...idsOf(page));
    next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
  }
  const byId = await call(kratos, `/admin/identities?ids=${ids[0]}&ids=${crypto.randomUUID()}`);
  const byEmail = await call(kratos, "/admin/identities?credentials_identifier=b@example.com");

  assert.deepEqual(pages, ids.toSorted());
  assert.deepEqual(idsOf(byId), [ids[0]]);
  assert.deepEqual(idsOf(byEmail), [ids[1]]);
});

Deno.test("createKratosSimulator() refuses an admin call without the key", async () => {
  const { kratos } = setUp({ apiKey: "ory_pat_1" });
  const headers = { authorization: "Bearer ory_pat_1" };

  assert.equal((await call(kratos, "/admin/identities")).status, 401);
  assert.equal((await call(kratos, "/admin/identities", { headers })).status, 200);
});

Deno.test("createKratosSimulator() fails as it is told to", async () => {
  const { kratos } = setUp();
  const { identityId = "" } = await kratos.register(ADA);
  const path = "/admin/identities";

  kratos.faults.nextStatuses.push(500);
  assert.equal((await call(kratos, path)).status, 500);
  assert.equal((await call(kratos, path)).status, 200);
  kratos.faults.isAdminDown = true;
  assert.equal((await call(kratos, path)).status, 503);
  kratos.faults.isAdminDown = false;
  kratos.faults.isRateLimited = true;
  const limited = await call(kratos, path);
  assert.deepEqual([limited.status, limited.headers.get("x-ratelimit-reset")], [429, "1"]);
  kratos.faults.isRateLimited = false;
  kratos.faults.losesNextPatch = true;
  const lost = await patch(kratos, identityId, [add("/metadata_public/a", 1)]);
  assert.equal(lost.status, 200);
  assert.equal(kratos.identities.get(identityId)?.["metadata_public"], null);
});

Deno.test("createKratosSimulator() refuses a second write in flight, where it is told to", async () => {
  const { kratos } = setUp();
  const { identityId = "" } = await kratos.register(ADA);
  kratos.faults.refusesConcurrentWrites = true;

  const answers = await Promise.all([
    patch(kratos, identityId, [add("/metadata_public/a", 1)]),
    patch(kratos, identityId, [add("/metadata_public/b", 1)]),
  ]);

  assert.deepEqual(answers.map(({ status }) => status), [200, 429]);
  assert.deepEqual(kratos.identities.get(identityId)?.["metadata_public"], { a: 1 });
});

Deno.test("createKratosSimulator() lets the last of two writers win the whole row", async () => {
  const { kratos } = setUp();
  const { identityId = "" } = await kratos.register(ADA);

  await Promise.all([
    patch(kratos, identityId, [add("/metadata_public/a", 1)]),
    patch(kratos, identityId, [add("/metadata_admin", { b: 1 })]),
  ]);

  const identity = kratos.identities.get(identityId);
  assert.deepEqual([identity?.["metadata_public"], identity?.["metadata_admin"]], [null, { b: 1 }]);
});

interface Seen {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

/** A simulator, and a service that answers what the script says. */
function setUp(
  { registration, actions = createActions(registration), answer, ...rest }: {
    registration?: Record<string, unknown>;
    actions?: OryActions;
    answer?: () => Response;
    fetch?: typeof globalThis.fetch;
    hookTimeoutMs?: number;
    hasSessionHook?: boolean;
    apiKey?: string;
  } = {},
): {
  kratos: KratosSimulator;
  seen: Seen[];
  waits: number[];
  script: { answer: () => Response };
} {
  const script = { answer: answer ?? (() => Response.json({})) };
  const seen: Seen[] = [];
  const waits: number[] = [];
  const kratos = createKratosSimulator({
    actions,
    publicUrl: KRATOS,
    render: renderStandIn,
    now: () => Date.UTC(2026, 4, 4),
    delay: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { url, headers } = request;
      seen.push({ url, headers: Object.fromEntries(headers), body: await request.json() });
      return script.answer();
    },
    ...rest,
  });
  return { kratos, seen, waits, script };
}

function createHook(name: string, config: Record<string, unknown> = {}): {
  hook: string;
  config: Record<string, unknown>;
} {
  return {
    hook: "web_hook",
    config: {
      url: `${SERVICE}/jumio/${name}`,
      method: "POST",
      body: `file:///templates/${name}.jsonnet`,
      auth: {
        type: "api_key",
        config: { name: "X-Webhook-Secret", value: "hook-secret", in: "header" },
      },
      ...config,
    },
  };
}

function createActions(
  registration: Record<string, unknown> = {},
  after: unknown = { password: { hooks: [createHook("initiate", registration)] } },
): OryActions {
  const validate = createHook("validate", { "can_interrupt": true });
  return OryActions.parse({
    selfservice: {
      flows: {
        registration: { after },
        login: { after: { password: { hooks: [validate] } } },
        recovery: { after: { hooks: [validate] } },
      },
    },
  });
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

async function call(kratos: KratosSimulator, path: string, init?: RequestInit): Promise<Answered> {
  const response = await kratos.fetch(new Request(`${KRATOS}${path}`, init));
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, json: text === "" ? undefined : JSON.parse(text) };
}

function idsOf({ json }: Answered): string[] {
  return z.array(z.object({ id: z.string() })).parse(json).map(({ id }) => id);
}

function patch(kratos: KratosSimulator, id: string, operations: unknown): Promise<Answered> {
  const body = JSON.stringify(operations);
  return call(kratos, `/admin/identities/${id}`, { method: "PATCH", body });
}

function raise(error: Error): never {
  throw error;
}
