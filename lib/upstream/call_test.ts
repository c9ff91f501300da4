// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { scriptFetch } from "../../tests/support/fetch_script.ts";
import { UpstreamError } from "./error.ts";
import { createUpstream, readRetryAfter, type UpstreamCall, USER_AGENT } from "./call.ts";

const URL_OF_CALL = "https://api.example.com/things";

const CALL: UpstreamCall = {
  upstream: "jumio",
  action: "read a thing",
  method: "GET",
  url: new URL(URL_OF_CALL),
  headers: { "accept": "application/json" },
};

function createCall(fetch: typeof globalThis.fetch): ReturnType<typeof createUpstream> {
  return createUpstream({ fetch, origins: new Set(["https://api.example.com"]), now: () => 0 });
}

function answering(
  answer: Response | (() => Promise<Response>),
): ReturnType<typeof createUpstream> {
  return createCall(scriptFetch({ method: "GET", url: URL_OF_CALL, answer }).fetch);
}

async function failure(call: Promise<unknown>): Promise<UpstreamError> {
  const error = await call.then(() => undefined, (thrown) => thrown);
  assert(error instanceof UpstreamError);
  return error;
}

Deno.test("createUpstream() gives an answer of any status", async () => {
  const headers = { "retry-after": "7", link: '</things?page=2>; rel="next"' };
  const answer = Response.json({ a: 1 }, { status: 429, headers });

  assert.deepEqual(await answering(answer)(CALL), {
    upstream: "jumio",
    action: "read a thing",
    status: 429,
    json: { a: 1 },
    retryAfterMs: 7000,
    link: '</things?page=2>; rel="next"',
  });
});

for (const [headers, userAgent] of [[{}, USER_AGENT], [{ "user-agent": "own" }, "own"]] as const) {
  Deno.test(`createUpstream() sends the User-Agent ${userAgent}`, async () => {
    const { fetch, done } = scriptFetch({
      method: "GET",
      url: URL_OF_CALL,
      check: (request) => assert.equal(request.headers.get("user-agent"), userAgent),
      answer: Response.json({}),
    });

    await createCall(fetch)({ ...CALL, headers });

    done();
  });
}

for (
  const url of [
    "https://evil.example.com/things",
    "http://api.example.com/things",
    "https://api.example.com:8443/",
  ]
) {
  Deno.test(`createUpstream() refuses ${url}, whose origin is not in the configuration`, async () => {
    const script = scriptFetch();

    const error = await failure(createCall(script.fetch)({ ...CALL, url: new URL(url) }));

    assert.equal(error.reason, "origin_not_allowed");
  });
}

Deno.test("createUpstream() does not follow a redirect", async () => {
  const answer = new Response(null, {
    status: 307,
    headers: { location: "https://evil.example/" },
  });

  const error = await failure(answering(answer)(CALL));

  assert.deepEqual([error.reason, error.status], ["redirect", 307]);
});

Deno.test("createUpstream() throws on an answer that is too large", async () => {
  const error = await failure(answering(new Response("x".repeat(1024 * 1024 + 1)))(CALL));

  assert.equal(error.reason, "too_large");
});

Deno.test("createUpstream() does not trust the Content-Length of a compressed answer", async () => {
  const headers = { "content-length": "9", "content-encoding": "gzip" };
  const answer = new Response("x".repeat(1024 * 1024 + 1), { headers });

  assert.equal((await failure(answering(answer)(CALL))).reason, "too_large");
});

Deno.test("createUpstream() throws when the upstream does not answer in time", async () => {
  const call = createCall((_input, init) =>
    new Promise((_, reject) =>
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason), { once: true })
    )
  );

  assert.equal((await failure(call({ ...CALL, timeoutMs: 1 }))).reason, "timeout");
});

Deno.test("createUpstream() throws on a network failure, with its cause", async () => {
  const error = await failure(answering(() => Promise.reject(new TypeError("refused")))(CALL));

  assert.equal(error.reason, "network");
  assert(error.cause instanceof TypeError);
});

Deno.test("createUpstream() gives undefined for a body that is not JSON", async () => {
  assert.equal((await answering(new Response("<html>"))(CALL)).json, undefined);
});

Deno.test("readRetryAfter() reads seconds, dates and Ory Network's header", () => {
  const read = (headers: HeadersInit) => readRetryAfter(new Headers(headers), 0);

  assert.equal(read({ "retry-after": "3" }), 3000);
  assert.equal(read({ "retry-after": "Thu, 01 Jan 1970 00:00:09 GMT" }), 9000);
  assert.equal(read({ "x-ratelimit-reset": "12" }), 12_000);
  assert.equal(read({ "retry-after": "soon" }), undefined);
  assert.equal(read({}), undefined);
});

const DRAINED: readonly [string, () => BodyInit | null][] = [
  ["no body", () => null],
  ["a body that is not JSON", () => "<p>Thank you</p>"],
  ["a body that breaks off", () => broken()],
];

for (const [name, body] of DRAINED) {
  Deno.test(`createUpstream() takes the status of an answer with ${name}, if only that counts`, async () => {
    const call = answering(() => Promise.resolve(new Response(body(), { status: 200 })));

    const { status, json } = await call({ ...CALL, maxDrainedBytes: 100 });

    assert.deepEqual([status, json], [200, undefined]);
  });
}

Deno.test("createUpstream() reads no more of an answer than it may, if only its status counts", async () => {
  let chunks = 0;
  const body = new ReadableStream({
    pull(controller) {
      chunks++;
      controller.enqueue(new Uint8Array(60));
      if (chunks === 100) controller.close();
    },
  });
  const call = answering(() => Promise.resolve(new Response(body)));

  await call({ ...CALL, maxDrainedBytes: 100 });

  assert(chunks < 10, `${chunks} chunks were read`);
});

Deno.test("createUpstream() takes the status of an answer whose body never ends in time", async () => {
  const call = createCall((_, init) => {
    const body = new ReadableStream({
      start: (controller) =>
        init?.signal?.addEventListener("abort", () => controller.error(new Error("aborted"))),
    });
    return Promise.resolve(new Response(body));
  });

  const { status } = await call({ ...CALL, maxDrainedBytes: 100, timeoutMs: 1 });

  assert.equal(status, 200);
});

function broken(): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.error(new Error("broken")) });
}
