// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext } from "../../tests/support/context.ts";
import { checkLive } from "./check_live.ts";

Deno.test("checkLive() finds nothing in a correct setup and starts nothing", async () => {
  await using context = await createTestContext();
  const shown: string[] = [];

  const result = await checkLive(context.context.config, {
    serviceUrl: new URL("https://kyc.example.com/"),
    startsOne: false,
    tools: {
      fetch: (input, init) => context.fetch(new Request(input, init)),
      now: () => context.clock.now,
      progress: (text) => shown.push(text),
    },
  });

  assert.deepEqual(result, {
    findings: [],
    unchecked: [],
    startedExecution: undefined,
    testEvent: undefined,
  });
  assert.deepEqual(shown, ["Checking Kratos", "Checking Jumio", "Checking the service"]);
  assert.equal(context.jumio.executions.length, 0);
});

Deno.test("checkLive() leaves no row in the service's KV, although it tries the hook secret", async () => {
  await using context = await createTestContext();
  const paths: string[] = [];

  await checkLive(context.context.config, {
    serviceUrl: new URL("https://kyc.example.com/"),
    startsOne: false,
    tools: {
      fetch(input, init) {
        const request = new Request(input, init);
        paths.push(new URL(request.url).pathname);
        return context.fetch(request);
      },
      now: () => context.clock.now,
      progress: () => {},
    },
  });
  await context.drain();

  assert(paths.includes("/jumio/validate"));
  const rows = await context.store.list({ prefix: [] }, { limit: 10 });
  // `/ready` writes this one to see whether that works.
  assert.deepEqual(rows.filter(({ key }) => key[0] !== "probe"), []);
});

Deno.test("checkLive() finds each host with another time, and says what it cannot check", async () => {
  await using context = await createTestContext({ env: { "PUBLIC_URL": "" } });
  const date = new Date(context.clock.now + 31_000).toUTCString();

  const { findings, unchecked } = await checkLive(context.context.config, {
    serviceUrl: undefined,
    startsOne: false,
    tools: {
      async fetch(input, init) {
        const { body, status } = await context.fetch(new Request(input, init));
        return new Response(body, { status, headers: { date } });
      },
      now: () => context.clock.now,
      progress: () => {},
    },
  });

  assert(findings.length > 0);
  for (const { id, seen } of findings) assert.deepEqual([id, seen], ["clock_skew", "31 s apart"]);
  assert.equal(unchecked.length, 2);
});

Deno.test("checkLive() finds short secrets of hooks and callbacks", async () => {
  await using context = await createTestContext({
    env: {
      "ORY_WEBHOOK_SECRET": "fifteen-letters",
      "JUMIO_CALLBACK_SECRET": "fifteen-letters",
      "LINK_SECRET": "link-secret-link-secret-link-secret",
    },
  });

  const { findings } = await checkLive(context.context.config, {
    serviceUrl: new URL("https://kyc.example.com/"),
    startsOne: false,
    tools: {
      fetch: (input, init) => context.fetch(new Request(input, init)),
      now: () => context.clock.now,
      progress: () => {},
    },
  });

  assert.deepEqual(findings, [
    { id: "secret_short", where: "ORY_WEBHOOK_SECRET" },
    { id: "secret_short", where: "JUMIO_CALLBACK_SECRET" },
  ]);
});
