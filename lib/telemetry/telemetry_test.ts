// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHandler } from "../../routes/mod.ts";
import { listRoutes } from "../../routes/table.ts";
import { createTestContext, HOOK_SECRET } from "../../tests/support/context.ts";
import { createFakeOpenTelemetry } from "../../tests/support/telemetry.ts";
import type { Log } from "../log.ts";

Deno.test("telemetry is the same if log fields are renamed or dropped", async () => {
  const asItIs = await countRequests((log) => log);
  const renamed = await countRequests((log) => renameFields(log, (name) => `other_${name}`));
  const dropped = await countRequests((log) => renameFields(log, () => undefined));

  assert(asItIs.some(([name]) => name === "jumio_bridge.refusals"));
  assert.deepEqual(renamed, asItIs);
  assert.deepEqual(dropped, asItIs);
});

/** What telemetry counts and names for the same requests with another log. */
async function countRequests(changeLog: (log: Log) => Log): Promise<readonly unknown[][]> {
  const telemetry = createFakeOpenTelemetry();
  await using service = await createTestContext({ telemetry });
  const context = { ...service.context, log: changeLog(service.context.log) };
  const handle = createHandler(context, await listRoutes(context.config));
  const identityId = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
  const json = { "content-type": "application/json", "x-webhook-secret": HOOK_SECRET };
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const execution = { workflowExecution: { id: identityId, status: "INITIATED" } };
  const requests: readonly [path: string, headers: Record<string, string>, body: string][] = [
    ["/jumio/initiate", json, JSON.stringify({ "identity_id": identityId })],
    ["/jumio/initiate", json, JSON.stringify({ "identity_id": identityId })],
    ["/jumio/validate", json, JSON.stringify({ "identity_id": identityId, jumio: {} })],
    [
      "/jumio/validate",
      json,
      JSON.stringify({ "identity_id": identityId, jumio: { status: "rejected" } }),
    ],
    ["/jumio/validate", {}, "{}"],
    ["/jumio/callback", json, JSON.stringify(execution)],
    ["/jumio/verify", form, "token=x"],
    ["/jumio/verify", { ...form, "sec-fetch-site": "same-origin" }, "token=x"],
    ["/nowhere", {}, ""],
  ];
  for (const [path, headers, body] of requests) {
    const request = new Request(`https://kyc.example.com${path}`, {
      method: "POST",
      headers,
      body,
    });
    const response = await telemetry.underSpan(() => handle(request, { remoteAddr: {} }));
    await response.body?.cancel();
  }
  const spans = telemetry.spans.filter(({ name }) => name.startsWith("POST "))
    .map(({ name, attributes }) => [name, attributes]);
  const points = telemetry.points.filter(([name]) =>
    /^jumio_bridge\.(?:deliveries|refusals)$/.test(name)
  );
  return [...points.map((point) => [...point]), ...spans];
}

function renameFields(log: Log, rename: (name: string) => string | undefined): Log {
  function renamed(level: "debug" | "info" | "warn" | "error"): Log["info"] {
    return (message, fields = {}) => {
      const entries = Object.entries(fields).flatMap(([name, value]) => {
        const other = rename(name);
        return other === undefined ? [] : [[other, value]];
      });
      log[level](message, Object.fromEntries(entries));
    };
  }
  return {
    debug: renamed("debug"),
    info: renamed("info"),
    warn: renamed("warn"),
    error: renamed("error"),
    with: () => renameFields(log, rename),
  };
}
