// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ExpectedCall, scriptFetch } from "../../tests/support/fetch_script.ts";
import { createUpstream } from "../upstream/call.ts";
import { createSend } from "./_send.ts";

const REQUEST = {
  action: "read Jumio details",
  method: "GET",
  url: new URL("https://retrieval.emea-1.jumio.ai/api/v1/accounts/a"),
} as const;

/** A call that must come with this token, and its answer. */
function expectCall(token: string, status: number): ExpectedCall {
  return {
    method: REQUEST.method,
    url: REQUEST.url.href,
    check: ({ headers }) => assert.equal(headers.get("authorization"), `Bearer ${token}`),
    answer: Response.json({}, { status }),
  };
}

function create(...calls: readonly ExpectedCall[]) {
  const { fetch, done } = scriptFetch(...calls);
  const dropped: string[] = [];
  const send = createSend({
    accessToken: {
      get: () => Promise.resolve(`token-${dropped.length + 1}`),
      drop: (token) => Promise.resolve(void dropped.push(token)),
    },
    call: createUpstream({ fetch, origins: new Set([REQUEST.url.origin]), now: () => 0 }),
  });
  return { send, done, dropped };
}

for (const status of [200, 403, 404, 500]) {
  Deno.test(`createSend() gives an answer of ${status}, and keeps the token`, async () => {
    const { send, done, dropped } = create(expectCall("token-1", status));

    const answer = await send(REQUEST);

    done();
    assert.deepEqual([answer.status, answer.action, dropped], [status, REQUEST.action, []]);
  });
}

Deno.test("createSend() drops a token that Jumio refuses, and sends once more with a new one", async () => {
  const { send, done, dropped } = create(expectCall("token-1", 401), expectCall("token-2", 200));

  const { status } = await send(REQUEST);

  done();
  assert.deepEqual([status, dropped], [200, ["token-1"]]);
});

Deno.test("createSend() gives the second 401 in a row as the answer", async () => {
  const { send, done, dropped } = create(expectCall("token-1", 401), expectCall("token-2", 401));

  const { status } = await send(REQUEST);

  done();
  assert.deepEqual([status, dropped], [401, ["token-1"]]);
});
