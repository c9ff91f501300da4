// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { ObservedCall } from "./observed_call.ts";
import { createObserver } from "./observer.ts";

const SECRET = "s3cr3t-s3cr3t";

/** An observer with a clock that the test moves, and the calls that its listener received. */
function create() {
  const clock = { now: 1_000 };
  const observer = createObserver({ now: () => clock.now });
  const heard: ObservedCall[] = [];
  observer.subscribe((call) => heard.push(call));
  return { observer, clock, heard };
}

Deno.test("createObserver() notifies when a call starts and when it has ended", async () => {
  const { observer, clock, heard } = create();
  const handler = observer.handler({ from: "bridge", to: "jumio" }, async (request) => {
    clock.now += 40;
    return Response.json({ got: await request.json() }, { status: 201 });
  });

  const response = await handler(
    new Request("http://jumio/api/v1/accounts", { method: "POST", body: '{"a":1}' }),
  );

  assert.deepEqual([response.status, await response.json()], [201, { got: { a: 1 } }]);
  assert.deepEqual(heard.map(({ id, answer }) => [id, answer?.status, answer?.durationMs]), [
    [1, undefined, undefined],
    [1, 201, 40],
  ]);
  assert.deepEqual(observer.calls, [heard[1]]);
  const { from, to, method, path, request } = observer.calls[0] ?? assert.fail();
  assert.deepEqual([from, to, method, path], ["bridge", "jumio", "POST", "/api/v1/accounts"]);
  assert.deepEqual(JSON.parse(request.body), { a: 1 });
});

Deno.test("createObserver() stores no secret of a request or an answer", async () => {
  const { observer, heard } = create();
  const fetch = observer.fetch(
    { from: "ory", to: "bridge" },
    () => {
      const body = { "access_token": SECRET };
      return Promise.resolve(Response.json(body, { headers: { "set-cookie": `s=${SECRET}` } }));
    },
  );

  const response = await fetch(`http://bridge/jumio/callback/${SECRET}?token=${SECRET}`, {
    method: "POST",
    headers: { "x-webhook-secret": SECRET, "content-type": "application/json" },
    body: JSON.stringify({ password: SECRET }),
  });

  assert.deepEqual(await response.json(), { "access_token": SECRET });
  assert.equal(heard.length, 2);
  assert(!JSON.stringify(heard).includes(SECRET));
});

Deno.test("createObserver() ends a call without a status when nobody answers", async () => {
  const { observer } = create();
  const fetch = observer.fetch(
    { from: "jumio", to: "bridge" },
    () => Promise.reject(new TypeError("Connection refused")),
  );

  await assert.rejects(fetch("http://bridge/jumio/callback"), /Connection refused/);

  const [call] = observer.calls;
  assert.deepEqual([call?.answer?.status, call?.answer?.durationMs], [undefined, 0]);
});

Deno.test("createObserver() forgets the oldest calls", async () => {
  const { observer } = create();
  const handler = observer.handler(
    { from: "person", to: "ory" },
    () => Promise.resolve(new Response(null, { status: 204 })),
  );

  for (let call = 0; call < 310; call++) await handler(new Request("http://ory/"));

  assert.deepEqual([observer.calls.length, observer.calls[0]?.id], [300, 11]);
});

Deno.test("createObserver() waits for no stream of events", async () => {
  const { observer } = create();
  const stream = new ReadableStream({ start: (controller) => controller.enqueue("data: x\n\n") });
  const handler = observer.handler({ from: "person", to: "app" }, () =>
    Promise.resolve(
      new Response(stream.pipeThrough(new TextEncoderStream()), {
        headers: { "content-type": "text/event-stream" },
      }),
    ));

  const response = await handler(new Request("http://app/live"));

  assert.deepEqual([response.status, observer.calls[0]?.answer?.status], [200, 200]);
  await response.body?.cancel();
});
