// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createProbe, describeProbe } from "./probe.ts";
import { VERSION } from "../../lib/upstream/version.ts";

const URL_OF_SERVICE = new URL("https://bridge.example.com/ready");

function createRecorder(respond: () => Promise<Response>): {
  probe: ReturnType<typeof createProbe>;
  readonly inits: readonly (RequestInit | undefined)[];
  readonly dates: readonly unknown[];
} {
  const inits: (RequestInit | undefined)[] = [];
  const dates: unknown[] = [];
  const fetch: typeof globalThis.fetch = (_input, init) => {
    inits.push(init);
    return respond();
  };
  const probe = createProbe({ fetch, now: () => 1_000 }, (host, times) => {
    dates.push([host, times]);
  });
  return { probe, inits, dates };
}

Deno.test("createProbe() reads status and JSON, and reports the Date of the answer", async () => {
  const headers = { date: "Thu, 01 Jan 1970 00:01:00 GMT" };
  const { probe, dates } = createRecorder(() =>
    Promise.resolve(Response.json({ status: "ready" }, { headers }))
  );

  const answer = await probe(URL_OF_SERVICE);

  assert.deepEqual(answer, { ok: true, status: 200, json: { status: "ready" } });
  assert.deepEqual(dates, [["bridge.example.com", { theirs: 60_000, ours: 1_000 }]]);
});

Deno.test("createProbe() accepts an answer that is not JSON and has no Date", async () => {
  const { probe, dates } = createRecorder(() => Promise.resolve(new Response("<html>")));

  assert.deepEqual(await probe(URL_OF_SERVICE), { ok: true, status: 200, json: undefined });
  assert.deepEqual(dates, []);
});

Deno.test("createProbe() follows no redirect and sends our User-Agent", async () => {
  const { probe, inits } = createRecorder(() => Promise.resolve(new Response()));

  await probe(URL_OF_SERVICE, { headers: { accept: "application/json" } });

  const headers = new Headers(inits[0]?.headers);
  assert.equal(inits[0]?.redirect, "manual");
  assert.deepEqual(
    [headers.get("accept"), headers.get("user-agent")],
    ["application/json", `ory-jumio-bridge ory-jumio-bridge/${VERSION}`],
  );
});

for (
  const [error, why] of [
    [new TypeError("refused"), "No connection"],
    [new DOMException("late", "TimeoutError"), "No answer within 10 s"],
  ] as const
) {
  Deno.test(`createProbe() says "${why}" after a ${error.name}`, async () => {
    const { probe } = createRecorder(() => Promise.reject(error));

    const answer = await probe(URL_OF_SERVICE);

    assert.deepEqual(answer, { ok: false, why });
    assert.equal(describeProbe(answer), why);
  });
}

Deno.test("describeProbe() names the status of an answer", () => {
  assert.equal(describeProbe({ ok: true, status: 503, json: undefined }), "It answered 503");
});
