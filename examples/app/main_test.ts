// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  answerSession,
  createEvent,
  createExampleApp,
  EVENTS_SECRETS,
  type ExampleApp,
} from "../../tests/support/example_app.ts";

const LINK = "https://kyc.example.com/jumio/verify?token=1";

/** The application for somebody with this metadata. */
function signIn(metadata: unknown): ExampleApp {
  return createExampleApp({ answer: () => answerSession(metadata) });
}

/** Reads the next status from a stream. */
async function readStatus(reader: ReadableStreamDefaultReader<string>): Promise<string> {
  const { value = "" } = await reader.read();
  return value.replace(/^data: |\n\n$/g, "");
}

async function follow(
  app: ExampleApp,
): Promise<ReadableStreamDefaultReader<string>> {
  const { body } = await app.get("/live");
  return body?.pipeThrough(new TextDecoderStream()).getReader() ?? assert.fail();
}

const CLOSED: readonly unknown[] = [
  null,
  undefined,
  "verified",
  ["verified"],
  { jumio: null },
  { jumio: "verified" },
  { jumio: { status: null } },
  { jumio: { status: ["verified"] } },
  { jumio: { status: "Verified" } },
  { jumio: { status: "unknown", verdict: "PASSED" } },
  ...["pending", "review", "rejected", "expired"].map((status) => ({ jumio: { status } })),
];

for (const metadata of CLOSED) {
  Deno.test(`the members' area is closed with the metadata ${JSON.stringify(metadata)}`, async () => {
    const answer = await signIn(metadata).get("/members");

    assert.equal(answer.status, 403);
    assert(!(await answer.text()).includes("Only verified people"));
  });
}

Deno.test("the members' area is open with the status verified", async () => {
  const answer = await signIn({ jumio: { status: "verified" } }).get("/members");

  assert.equal(answer.status, 200);
  assert((await answer.text()).includes("Only verified people can read this"));
});

Deno.test("the members' area leads people who are not signed in to the sign-in", async () => {
  const app = createExampleApp({ answer: () => Response.json({}, { status: 401 }) });

  const answer = await app.get("/members");

  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/login"]);
});

const VERIFIED = { id: "ada", "metadata_public": { jumio: { status: "verified" } } };
const FAILURES: Readonly<Record<string, () => Response | Promise<Response>>> = {
  "answers with 500": () => Response.json({ identity: VERIFIED }, { status: 500 }),
  "does not answer": () => Promise.reject(new TypeError("fetch failed")),
};

for (const [name, fail] of Object.entries(FAILURES)) {
  Deno.test(`nothing opens while Ory ${name}`, async () => {
    const answer = await createExampleApp({ answer: fail }).get("/members");

    assert.equal(answer.status, 503);
    assert(!(await answer.text()).includes("Only verified people"));
  });
}

for (
  const [status, isShown] of [
    ["pending", true],
    ["expired", true],
    ["review", false],
    ["rejected", false],
    ["verified", false],
  ] as const
) {
  Deno.test(`the banner ${isShown ? "has" : "lacks"} the link with the status ${status}`, async () => {
    const app = signIn({ jumio: { status, "verification_url": LINK } });

    const page = await (await app.get("/")).text();

    assert.equal(page.includes(`href="${LINK}"`), isShown);
  });
}

Deno.test("the banner has no link that runs a script", async () => {
  const jumio = { status: "pending", "verification_url": "javascript:alert(1)" };

  assert(!(await (await signIn({ jumio }).get("/")).text()).includes("javascript:"));
});

Deno.test("a page escapes what people can write, and contains no secret", async () => {
  const email = `"><script>alert(1)</script>@example.com`;
  const app = createExampleApp({
    answer: () => Response.json({ identity: { id: "ada", traits: { email } } }),
  });

  const answer = await app.get("/");

  const page = await answer.text();
  assert(!page.includes("<script>alert"));
  for (const secret of [...EVENTS_SECRETS, "session=1"]) assert(!page.includes(secret));
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.match(policy, /^default-src 'none'; script-src 'self';/);
  assert(!policy.includes("unsafe"));
});

Deno.test("an open page learns its person's new status, and nobody else's", async () => {
  const app = signIn({ jumio: { status: "pending" } });
  const reader = await follow(app);

  for (const [id, status] of [["eve", "rejected"], ["ada", "verified"]]) {
    const event = createEvent({ "identity_id": id, status, sequence: 2 });
    assert.equal((await app.post("/events", event)).status, 204);
  }

  assert.deepEqual([await readStatus(reader), await readStatus(reader)], ["pending", "verified"]);
  await reader.cancel();
});

Deno.test("an event that is late or comes twice changes nothing", async () => {
  const app = signIn({ jumio: { status: "pending" } });
  const reader = await follow(app);
  const changes = [[2, "review"], [1, "pending"], [2, "review"], [3, "rejected"]];

  for (const [sequence, status] of changes) {
    const event = createEvent({ "identity_id": "ada", status, sequence });
    assert.equal((await app.post("/events", event)).status, 204);
  }

  const seen = [await readStatus(reader), await readStatus(reader), await readStatus(reader)];
  assert.deepEqual(seen, ["pending", "review", "rejected"]);
  await reader.cancel();
});

Deno.test("an open page learns of an event that came while Ory was asked", async () => {
  const event = createEvent({ "identity_id": "ada", status: "verified", sequence: 2 });
  const app: ExampleApp = createExampleApp({
    async answer() {
      await app.post("/events", event);
      return answerSession({ jumio: { status: "pending" } });
    },
  });

  const reader = await follow(app);

  assert.deepEqual([await readStatus(reader), await readStatus(reader)], ["pending", "verified"]);
  await reader.cancel();
});

const EVENT = { "identity_id": "ada", status: "verified", sequence: 2 };
const SIGNED = createEvent(EVENT);
const { "webhook-signature": _signature, ...unsigned } = SIGNED.headers;
const REFUSED: Readonly<Record<string, RequestInit>> = {
  "has no signature": { ...SIGNED, headers: unsigned },
  "is signed by another secret": createEvent(EVENT, { secret: `whsec_${btoa("x".repeat(24))}` }),
  "was changed": { ...SIGNED, body: SIGNED.body.replace("verified", "rejected") },
  "has another id": { ...SIGNED, headers: { ...SIGNED.headers, "webhook-id": "msg_2" } },
  "is ten minutes old": createEvent(EVENT, { at: new Date(Date.now() - 600_000) }),
};

for (const [name, init] of Object.entries(REFUSED)) {
  Deno.test(`an event that ${name} is refused`, async () => {
    const app = signIn({ jumio: { status: "pending" } });
    const reader = await follow(app);

    const refused = await app.post("/events", init);
    await app.post("/events", createEvent({ ...EVENT, status: "review", sequence: 1 }));

    assert.equal(refused.status, 401);
    assert.deepEqual([await readStatus(reader), await readStatus(reader)], ["pending", "review"]);
    await reader.cancel();
  });
}

Deno.test("an event may be signed by the older secret, while secrets are rotated", async () => {
  const event = createEvent(EVENT, { secret: EVENTS_SECRETS[1] ?? "" });

  assert.equal((await signIn({}).post("/events", event)).status, 204);
});

Deno.test("an event of another type is accepted and changes nothing", async () => {
  const app = signIn({ jumio: { status: "pending" } });
  const reader = await follow(app);

  const answer = await app.post("/events", createEvent(EVENT, { type: "test" }));
  await app.post("/events", createEvent({ ...EVENT, status: "review" }));

  assert.equal(answer.status, 204);
  assert.deepEqual([await readStatus(reader), await readStatus(reader)], ["pending", "review"]);
  await reader.cancel();
});

Deno.test("a body that is too large, or does not say how large, is not read", async () => {
  for (const length of ["65537", "x", undefined]) {
    const { "content-length": _length, ...headers } = SIGNED.headers;
    const init = length === undefined ? headers : { ...headers, "content-length": length };

    const answer = await signIn({}).post("/events", { ...SIGNED, headers: init });

    assert.equal(answer.status, 413, length);
  }
});

Deno.test("nobody is signed out by another site", async () => {
  const calls: string[] = [];
  const app = createExampleApp({
    answer({ pathname }) {
      calls.push(pathname);
      return Response.json({ "logout_url": "http://ory.example.com/self-service/logout?token=1" });
    },
  });

  const foreign = await app.post("/logout", { headers: { "sec-fetch-site": "cross-site" } });
  const own = await app.post("/logout", { headers: { "sec-fetch-site": "same-origin" } });

  assert.equal(foreign.headers.get("location"), "/");
  assert.match(own.headers.get("location") ?? "", /logout\?token=1$/);
  assert.deepEqual(calls, ["/self-service/logout/browser"]);
});
