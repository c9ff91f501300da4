// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { scriptFetch } from "../../tests/support/fetch_script.ts";
import { createSend } from "./_send.ts";
import { mayHaveStarted, startWorkflow } from "./_start_workflow.ts";
import { createUpstream } from "../upstream/call.ts";
import { UpstreamError } from "../upstream/error.ts";

const ACCOUNT_URL = "https://account.emea-1.jumio.ai/api/v1/";
const URL_OF_CALL = `${ACCOUNT_URL}accounts`;
const LINK = "https://acme.web.emea-1.jumio.ai/web/client";
const IDS = {
  account: { id: "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10" },
  workflowExecution: { id: "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522" },
};

/** A create call that gets this answer, over the connection for calls that are sent once. */
async function start(
  answer: Response | (() => Promise<Response>),
  getToken: () => Promise<string> = () => Promise.resolve("token"),
): Promise<Awaited<ReturnType<typeof startWorkflow>>> {
  const send = createSend({
    accessToken: { get: getToken, drop: () => Promise.resolve() },
    call: createUpstream({
      fetch: () => assert.fail("A create call was sent over a pooled connection"),
      fetchOnce: scriptFetch({ method: "POST", url: URL_OF_CALL, answer }).fetch,
      origins: new Set([new URL(ACCOUNT_URL).origin]),
      now: () => 0,
    }),
  });
  const identityId = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
  const options = { accountUrl: new URL(ACCOUNT_URL), workflowKey: "10164", send };
  return await startWorkflow({ identityId, tokenLifetime: "1d" }, options);
}

async function fail(...call: Parameters<typeof start>): Promise<UpstreamError> {
  const error = await start(...call).then(() => undefined, (thrown) => thrown);
  assert(error instanceof UpstreamError);
  return error;
}

for (
  const [name, web, expected] of [
    ["missing", undefined, undefined],
    ["null", null, undefined],
    ["a text", "web", undefined],
    ["a link that is null", { href: null }, undefined],
    ["an empty link", { href: "" }, undefined],
    ["a relative link", { href: "/web/client" }, undefined],
    ["a link of another kind", { href: "javascript:alert(1)" }, undefined],
    ["a link of 70 KB", { href: `${LINK}?x=${"x".repeat(70_000)}` }, undefined],
    [
      "a link that is too long when it is encoded",
      { href: `${LINK}?x=${"日".repeat(8_000)}` },
      undefined,
    ],
    ["a link with a NUL", { href: `${LINK}\0?token=x` }, undefined],
    ["a link with a line end", { href: `${LINK}\r\nset-cookie: x` }, undefined],
    [
      "a link with a letter that no header can carry",
      { href: `${LINK}?x=日` },
      `${LINK}?x=%E6%97%A5`,
    ],
  ] as const
) {
  const gives = expected === undefined ? "no link" : "a link";
  Deno.test(`startWorkflow() counts an answer with both ids and gives ${gives} if web is ${name}`, async () => {
    const started = await start(Response.json({ ...IDS, web }));

    assert.deepEqual(started, {
      accountId: IDS.account.id,
      workflowExecutionId: IDS.workflowExecution.id,
      href: expected,
    });
  });
}

const broken = () => Promise.reject(new TypeError("error sending request: connection closed"));
const refused = () =>
  Promise.reject(
    new TypeError("fetch failed", {
      cause: new Error("client error (Connect): tcp connect error"),
    }),
  );

for (
  const [name, answer, expected] of [
    ["500", () => new Response(null, { status: 500 }), true],
    ["502", () => new Response(null, { status: 502 }), true],
    ["504", () => new Response(null, { status: 504 }), true],
    ["a 2xx that is no JSON", () => new Response("<html>"), true],
    ["a 2xx without ids", () => Response.json({ account: {} }), true],
    ["a redirect", () => new Response(null, { status: 302, headers: { location: "/" } }), true],
    ["an answer over 1 MiB", () => new Response("x".repeat(2 ** 20 + 1)), true],
    ["a connection that breaks", broken, true],
    ["a refused connection", refused, false],
    ["503", () => new Response(null, { status: 503 }), false],
    ["429", () => new Response(null, { status: 429 }), false],
    ["400", () => new Response(null, { status: 400 }), false],
    ["403", () => new Response(null, { status: 403 }), false],
  ] as const
) {
  const verb = expected ? "suspects" : "excludes";
  Deno.test(`mayHaveStarted() ${verb} that something was made after ${name}`, async () => {
    assert.equal(mayHaveStarted(await fail(async () => await answer())), expected);
  });
}

Deno.test("mayHaveStarted() suspects that something was made after a timeout", () => {
  assert(mayHaveStarted(new UpstreamError("jumio", "timeout", { action: "create" })));
});

Deno.test("mayHaveStarted() excludes that something was made without an access token", async () => {
  const noToken = () =>
    Promise.reject(new UpstreamError("jumio", "timeout", { action: "get a token" }));

  assert(!mayHaveStarted(await fail(Response.json(IDS), noToken)));
});

/** A new execution on an account. Returns the methods of the calls, and what became of them. */
async function startOn(
  accountId: string,
  answers: readonly Response[],
): Promise<{ methods: string[]; started: Promise<Awaited<ReturnType<typeof startWorkflow>>> }> {
  const methods: string[] = [];
  const left = [...answers];
  const send = createSend({
    accessToken: { get: () => Promise.resolve("token"), drop: () => Promise.resolve() },
    call: createUpstream({
      fetch: () => assert.fail("A create call was sent over a pooled connection"),
      fetchOnce(_url, init) {
        methods.push(init?.method ?? "");
        return Promise.resolve(left.shift() ?? assert.fail("too many calls"));
      },
      origins: new Set([new URL(ACCOUNT_URL).origin]),
      now: () => 0,
    }),
  });
  const identityId = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
  const options = { accountUrl: new URL(ACCOUNT_URL), workflowKey: "10164", send };
  const started = startWorkflow({ identityId, accountId, tokenLifetime: "1d" }, options);
  await started.catch(() => {});
  return { methods, started };
}

const OLD_ACCOUNT = "11111111-5b1d-4c7e-9a53-1f2f6c1f7a10";

for (const status of [404, 410]) {
  Deno.test(`startWorkflow() makes another account where Jumio answers ${status} for the old one`, async () => {
    const gone = new Response(null, { status });

    const { methods, started } = await startOn(OLD_ACCOUNT, [gone, Response.json(IDS)]);

    assert.deepEqual(methods, ["PUT", "POST"]);
    assert.equal((await started).accountId, IDS.account.id);
  });
}

Deno.test("startWorkflow() does not take a 404 of a first start for a deleted account", async () => {
  const error = await fail(new Response(null, { status: 404 }));

  assert.deepEqual([error.reason, error.status, error.isLasting], ["status", 404, true]);
});

Deno.test("startWorkflow() refuses an execution on another account than it asked for", async () => {
  const { methods, started } = await startOn(OLD_ACCOUNT, [Response.json(IDS)]);

  await assert.rejects(started, { name: "UpstreamError", reason: "other_account" });
  assert.deepEqual(methods, ["PUT"]);
});

Deno.test("startWorkflow() reads ids in upper case as the same ids", async () => {
  const upper = Response.json(JSON.parse(
    JSON.stringify(IDS).replace(/"[0-9a-f-]{36}"/g, (id) => {
      return id.toUpperCase();
    }),
  ));

  const { started } = await startOn(IDS.account.id, [upper]);

  const { accountId, workflowExecutionId } = await started;
  assert.deepEqual([accountId, workflowExecutionId], [
    IDS.account.id,
    IDS.workflowExecution.id,
  ]);
});
