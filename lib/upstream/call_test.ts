import assert from "node:assert/strict";
import { scriptFetch } from "../../tests/support/fetch_script.ts";
import { UpstreamError } from "./error.ts";
import { createUpstream, readRetryAfter, type UpstreamCall } from "./call.ts";

const URL_OF_CALL = "https://api.example.com/things";

const CALL: UpstreamCall = {
  upstream: "jumio",
  action: "read a thing",
  method: "GET",
  url: new URL(URL_OF_CALL),
  headers: { "user-agent": "test" },
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

Deno.test("createUpstream() gives the answer whatever its status", async () => {
  const headers = { "retry-after": "7", link: '</things?page=2>; rel="next"' };
  const answer = Response.json({ a: 1 }, { status: 429, headers });

  assert.deepEqual(await answering(answer)(CALL), {
    status: 429,
    json: { a: 1 },
    retryAfterMs: 7000,
    link: '</things?page=2>; rel="next"',
  });
});

for (
  const url of [
    "https://evil.example.com/things",
    "http://api.example.com/things",
    "https://api.example.com:8443/",
  ]
) {
  Deno.test(`createUpstream() does not call ${url}, which is not in the configuration`, async () => {
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

Deno.test("createUpstream() gives up an answer that is too large", async () => {
  const error = await failure(answering(new Response("x".repeat(1024 * 1024 + 1)))(CALL));

  assert.equal(error.reason, "too_large");
});

Deno.test("createUpstream() trusts no length of an answer that was compressed", async () => {
  const headers = { "content-length": "9", "content-encoding": "gzip" };
  const answer = new Response("x".repeat(1024 * 1024 + 1), { headers });

  assert.equal((await failure(answering(answer)(CALL))).reason, "too_large");
});

Deno.test("createUpstream() gives up an upstream that hangs", async () => {
  const call = createCall((_input, init) =>
    new Promise((_, reject) =>
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason), { once: true })
    )
  );

  assert.equal((await failure(call({ ...CALL, timeoutMs: 1 }))).reason, "timeout");
});

Deno.test("createUpstream() tells a network failure, and what caused it", async () => {
  const error = await failure(answering(() => Promise.reject(new TypeError("refused")))(CALL));

  assert.equal(error.reason, "network");
  assert(error.cause instanceof TypeError);
});

Deno.test("createUpstream() gives no JSON for an answer that has none", async () => {
  assert.equal((await answering(new Response("<html>"))(CALL)).json, undefined);
});

Deno.test("readRetryAfter() knows seconds, dates and Ory Network's own header", () => {
  const read = (headers: HeadersInit) => readRetryAfter(new Headers(headers), 0);

  assert.equal(read({ "retry-after": "3" }), 3000);
  assert.equal(read({ "retry-after": "Thu, 01 Jan 1970 00:00:09 GMT" }), 9000);
  assert.equal(read({ "x-ratelimit-reset": "12" }), 12_000);
  assert.equal(read({ "retry-after": "soon" }), undefined);
  assert.equal(read({}), undefined);
});
