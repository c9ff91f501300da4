// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createDetour, createProxy } from "./proxy.ts";

const PUBLIC = "http://127.0.0.1:3001";
const SERVICE = "http://127.0.0.1:3005";

/** A server that answers with a redirect, and the requests that it got. */
function createTarget() {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    requests.push(new Request(input, init));
    const headers = { location: "/next", "set-cookie": "a=1" };
    return Promise.resolve(new Response("moved", { status: 303, headers }));
  };
  return { requests, fetch };
}

Deno.test("createProxy() forwards a request as it is, and follows no redirect", async () => {
  const { requests, fetch } = createTarget();
  const proxy = createProxy({ target: SERVICE, fetch });
  const headers = { "content-type": "text/plain", cookie: "session=1" };

  const answer = await proxy(
    new Request(`${PUBLIC}/jumio/verify?token=t%2F`, { method: "POST", headers, body: "token=t" }),
  );

  const [sent = assert.fail()] = requests;
  assert.equal(sent.url, `${SERVICE}/jumio/verify?token=t%2F`);
  assert.equal(sent.redirect, "manual");
  assert.deepEqual([sent.method, await sent.text()], ["POST", "token=t"]);
  assert.equal(sent.headers.get("cookie"), "session=1");
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/next"]);
  assert.deepEqual(answer.headers.getSetCookie(), ["a=1"]);
});

Deno.test("createProxy() rejects if the server does not answer", async () => {
  const fetch = () => Promise.reject(new TypeError("Connection refused"));
  const proxy = createProxy({ target: SERVICE, fetch });

  await assert.rejects(proxy(new Request(PUBLIC)), /Connection refused/);
});

Deno.test("createDetour() calls the service itself, and leaves every other address", async () => {
  const { requests, fetch } = createTarget();
  const detour = createDetour({ from: PUBLIC, to: SERVICE, fetch });

  await detour(`${PUBLIC}/jumio/callback/t`, { method: "POST", body: "{}" });
  await detour(new Request(`${PUBLIC}/jumio/verify`, { method: "POST", body: "token=t" }));
  await detour("http://127.0.0.1:30011/x");

  assert.deepEqual(requests.map(({ url }) => url), [
    `${SERVICE}/jumio/callback/t`,
    `${SERVICE}/jumio/verify`,
    "http://127.0.0.1:30011/x",
  ]);
  assert.equal(await requests[1]?.text(), "token=t");
});
