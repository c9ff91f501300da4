import assert from "node:assert/strict";
import { UpstreamError } from "./upstream/error.ts";
import { createLog, describeError } from "./log.ts";

function collect(level: "debug" | "info" | "warn" | "error"): {
  lines: string[];
  log: ReturnType<typeof createLog>;
} {
  const lines: string[] = [];
  return { lines, log: createLog({ level, write: (line) => lines.push(line), now: () => 0 }) };
}

Deno.test("createLog() writes one JSON line an event, with the fields of with()", () => {
  const { lines, log } = collect("info");

  log.with({ requestId: "r-1" }).info("Listening", { port: 3000, left: undefined });

  assert.deepEqual(lines, [
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"Listening",' +
    '"requestId":"r-1","port":3000}',
  ]);
});

Deno.test("with() keeps the fields of the log that it is called on, and leaves that as it was", () => {
  const { lines, log } = collect("info");
  const outer = log.with({ requestId: "r-1", attempt: 1 });

  outer.with({ attempt: 2 }).info("a");
  outer.info("b");

  const fields = lines.map((line) => JSON.parse(line)).map(({ requestId, attempt }) => [
    requestId,
    attempt,
  ]);
  assert.deepEqual(fields, [["r-1", 2], ["r-1", 1]]);
});

Deno.test("createLog() drops what is below its level", () => {
  const { lines, log } = collect("warn");

  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");

  assert.deepEqual(lines.map((line) => JSON.parse(line).message), ["c", "d"]);
});

Deno.test("describeError() names a cause but not what it says", () => {
  const cause = new TypeError("token abc is wrong");

  const fields = describeError(new UpstreamError("jumio", "network", { action: "try", cause }));

  assert.equal(fields["detail"], "Cannot try: network");
  assert.equal(fields["cause"], "TypeError");
  assert(!JSON.stringify(fields).includes("abc"));
});
