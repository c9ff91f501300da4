import assert from "node:assert/strict";
import { createSimulators } from "../../tests/support/simulators.ts";
import { createActs } from "./acts.ts";
import type { JumioSimulator } from "../simulators/jumio/simulator.ts";
import { createObserver } from "./observer.ts";

const ADA = "ada@example.com";
const BRIDGE = "http://bridge";
const JUMIO = "http://jumio";
const BUTTON = '<form method="post"';
const PREPARING = '<meta http-equiv="refresh"';

/** Ada has registered, and has an execution; its callbacks are dropped. */
async function create({ answer }: { answer: (request: Request) => Response }) {
  const now = () => 0;
  const done: string[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    done.push(`${request.method}${jumio.executions[0]?.completedAt === undefined ? "" : " late"}`);
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
  const delay = () => Promise.resolve(void done.push("sleep"));
  const observer = createObserver({ now });
  const acts = createActs({ jumio, kratos, observer, serviceUrl: BRIDGE, fetch, delay });
  const execution = jumio.executions[0] ?? assert.fail();
  return { acts, execution, done };
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

Deno.test("finish() lets the person press the button before Jumio ends the execution", async () => {
  const { acts, execution, done } = await create({ answer: () => new Response(BUTTON) });

  const { text } = await acts.finish(ADA, "passed");

  assert.equal(text, "Jumio: passed. Its callback was dropped");
  assert.deepEqual(done, ["GET", "POST"]);
  assert.equal(execution.decision?.type, "PASSED");
});

for (const [at, method] of [["at the link", "GET"], ["in the midst of the press", "POST"]]) {
  Deno.test(`finish() lets the person try again who finds the bridge killed ${at}`, async () => {
    let isKilled = true;
    const { acts, done } = await create({
      answer(request) {
        if (request.method !== method || !isKilled) return new Response(BUTTON);
        isKilled = false;
        throw new TypeError("Connection reset");
      },
    });

    const { text } = await acts.finish(ADA, "passed");

    assert.equal(text, "Jumio: passed. Its callback was dropped");
    assert.deepEqual(done.slice(done.indexOf("sleep")), ["sleep", "GET", "POST"]);
  });
}

Deno.test("finish() lets the person wait while their way to Jumio is being prepared", async () => {
  const pages = [PREPARING, PREPARING, BUTTON, "sent to Jumio"];
  const { acts, done } = await create({ answer: () => new Response(pages.shift()) });

  await acts.finish(ADA, "passed");

  assert.deepEqual(done, ["GET", "sleep", "GET", "sleep", "GET", "POST"]);
});

Deno.test("finish() ends nothing where the bridge does not lead to Jumio", async () => {
  const { acts, execution, done } = await create({
    answer() {
      throw new TypeError("Connection refused");
    },
  });

  const { text, tone } = await acts.finish(ADA, "passed");

  assert.deepEqual([text, tone], [
    "The bridge does not lead to Jumio now. Try again in a moment",
    "bad",
  ]);
  assert.equal(execution.completedAt, undefined);
  assert.equal(done.filter((step) => step === "sleep").length, 7);
});

Deno.test("finish() needs no bridge for a person who is at Jumio's page already", async () => {
  const { acts, execution, done } = await create({ answer: () => assert.fail() });
  execution.startedAt = 0;

  const { text } = await acts.finish(ADA, "passed");

  assert.equal(text, "Jumio: passed. Its callback was dropped");
  assert.deepEqual(done, []);
});

Deno.test("finish() ends an execution once, though two buttons were pressed", async () => {
  const { acts, execution } = await create({ answer: () => new Response(BUTTON) });

  const notices = await Promise.all([acts.finish(ADA, "passed"), acts.finish(ADA, "rejected")]);

  assert.deepEqual(notices.map(({ text }) => text), [
    "Jumio: passed. Its callback was dropped",
    "This execution has ended already",
  ]);
  assert.equal(execution.decision?.type, "PASSED");
});
