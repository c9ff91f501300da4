// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSimulators } from "../../tests/support/simulators.ts";
import type { JumioSimulator } from "../simulators/jumio/simulator.ts";
import { createObserver } from "./observer.ts";
import { createVisitorActions } from "./visitor_actions.ts";

const ADA = "ada@example.com";
const BRIDGE = "http://bridge";
const JUMIO = "http://jumio";
const BUTTON = '<form method="post"';
const PREPARING = '<meta http-equiv="refresh"';

/** Registers Ada and starts an execution, whose callbacks are dropped. */
async function create({ answer }: { answer: (request: Request) => Response }) {
  const now = () => 0;
  const steps: string[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    steps.push(`${request.method}${jumio.executions[0]?.completedAt === undefined ? "" : " late"}`);
    return Promise.resolve().then(() => answer(request));
  };
  const { jumio, kratos } = createSimulators({ fetch, now, jumioUrl: JUMIO });
  await kratos.register({ email: ADA });
  const identity = kratos.identities.values().toArray()[0] ?? assert.fail();
  identity["metadata_public"] = {
    jumio: { "verification_url": `${BRIDGE}/jumio/verify?token=t` },
  };
  await start(jumio, identity.id);
  jumio.faults.callbacks = "drop";
  const delay = () => Promise.resolve(void steps.push("delay"));
  const observer = createObserver({ now });
  const actions = createVisitorActions({
    jumio,
    kratos,
    observer,
    publicUrl: BRIDGE,
    operatorSecret: "operator",
    fetch,
    delay,
  });
  const execution = jumio.executions[0] ?? assert.fail();
  return { actions, observer, execution, steps };
}

/** Starts an execution as the service does. */
async function start(jumio: JumioSimulator, reference: string): Promise<void> {
  const post = async (path: string, authorization: string, body: BodyInit) => {
    const headers = { authorization, "user-agent": "test" };
    const init = { method: "POST", headers, body };
    return await (await jumio.fetch(new Request(JUMIO + path, init))).json();
  };
  const { access_token: token } = await post(
    "/oauth2/token",
    `Basic ${btoa("client:secret")}`,
    new URLSearchParams({ "grant_type": "client_credentials" }),
  );
  const names = { customerInternalReference: reference, userReference: reference };
  const body = JSON.stringify({ ...names, workflowDefinition: { key: "10011" } });
  await post("/api/v1/accounts", `Bearer ${token}`, body);
}

Deno.test("register(), signIn() and recover() send the languages of the visitor's browser", async () => {
  const { actions, observer } = await create({ answer: () => Response.json({}) });

  for (const act of [actions.register, actions.signIn, actions.recover]) {
    await act("bob@example.com", "de-CH");
  }
  await actions.signIn("bob@example.com");

  const languages = observer.calls.filter(({ from }) => from === "person")
    .map(({ request }) => Object.fromEntries(request.headers)["accept-language"]);
  assert.deepEqual(languages, ["de-CH", "de-CH", "de-CH", undefined]);
});

Deno.test("finish() sends the person to Jumio before it ends the execution", async () => {
  const { actions, execution, steps } = await create({ answer: () => new Response(BUTTON) });

  const { text } = await actions.finish(ADA, "passed");

  assert.equal(text, "Jumio: passed. Its callback was dropped");
  assert.deepEqual(steps, ["GET", "POST"]);
  assert.equal(execution.decision?.type, "PASSED");
});

for (const [at, method] of [["at the link", "GET"], ["at the button", "POST"]]) {
  Deno.test(`finish() retries when the bridge is down ${at}`, async () => {
    let isKilled = true;
    const { actions, steps } = await create({
      answer(request) {
        if (request.method !== method || !isKilled) return new Response(BUTTON);
        isKilled = false;
        throw new TypeError("Connection reset");
      },
    });

    const { text } = await actions.finish(ADA, "passed");

    assert.equal(text, "Jumio: passed. Its callback was dropped");
    assert.deepEqual(steps.slice(steps.indexOf("delay")), ["delay", "GET", "POST"]);
  });
}

Deno.test("finish() waits while the bridge prepares the link to Jumio", async () => {
  const pages = [PREPARING, PREPARING, BUTTON, "sent to Jumio"];
  const { actions, steps } = await create({ answer: () => new Response(pages.shift()) });

  await actions.finish(ADA, "passed");

  assert.deepEqual(steps, ["GET", "delay", "GET", "delay", "GET", "POST"]);
});

Deno.test("finish() does not end the execution when the bridge stays down", async () => {
  const { actions, execution, steps } = await create({
    answer() {
      throw new TypeError("Connection refused");
    },
  });

  const { text, tone } = await actions.finish(ADA, "passed");

  assert.deepEqual([text, tone], [
    "The bridge cannot be reached, so the person cannot go to Jumio. Try again soon",
    "bad",
  ]);
  assert.equal(execution.completedAt, undefined);
  assert.equal(steps.filter((step) => step === "delay").length, 7);
});

Deno.test("finish() does not call the bridge for a person who has opened Jumio's page", async () => {
  const { actions, execution, steps } = await create({ answer: () => assert.fail() });
  execution.startedAt = 0;

  const { text } = await actions.finish(ADA, "passed");

  assert.equal(text, "Jumio: passed. Its callback was dropped");
  assert.deepEqual(steps, []);
});

Deno.test("finish() ends an execution once when two buttons are pressed", async () => {
  const { actions, execution } = await create({ answer: () => new Response(BUTTON) });

  const notices = await Promise.all([
    actions.finish(ADA, "passed"),
    actions.finish(ADA, "rejected"),
  ]);

  assert.deepEqual(notices.map(({ text }) => text), [
    "Jumio: passed. Its callback was dropped",
    "This verification has already ended",
  ]);
  assert.equal(execution.decision?.type, "PASSED");
});

Deno.test("startAgain() presses the button on the person's page, and opens Jumio's page", async () => {
  const location = `${JUMIO}/web/client?authorizationToken=t`;
  const { actions, observer, steps } = await create({
    answer: ({ method }) =>
      method === "GET"
        ? new Response(BUTTON)
        : new Response(null, { status: 303, headers: { location } }),
  });

  const { text } = await actions.startAgain(ADA);

  assert.equal(text, "The person has started again");
  assert.deepEqual(steps, ["GET", "POST"]);
  const last = observer.calls.at(-1);
  assert.deepEqual([last?.from, last?.to, last?.method], ["person", "jumio", "GET"]);
});

for (
  const [why, answer] of [
    ["there is no button", () => new Response("You are verified")],
    [
      "the button is refused",
      ({ method }: Request) => new Response(BUTTON, { status: method === "GET" ? 200 : 429 }),
    ],
  ] as const
) {
  Deno.test(`startAgain() does not say that the person has started where ${why}`, async () => {
    const { actions } = await create({ answer });

    const { text, tone } = await actions.startAgain(ADA);

    assert.match(text, /^The person’s page has no button to start again/);
    assert.equal(tone, "bad");
  });
}

Deno.test("startAgain() tries again while the bridge answers 503", async () => {
  const statuses = [503, 303];
  const { actions, steps } = await create({
    answer: ({ method }) =>
      method === "GET"
        ? new Response(BUTTON)
        : new Response(null, { status: statuses.shift() ?? 500 }),
  });

  const { text } = await actions.startAgain(ADA);

  assert.equal(text, "The person has started again");
  assert.deepEqual(steps, ["GET", "POST", "delay", "GET", "POST"]);
});
