// SPDX-License-Identifier: Apache-2.0
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

Deno.test("createLog() writes one line of JSON for each event, with the fields of with()", () => {
  const { lines, log } = collect("info");

  log.with({ requestId: "r-1" }).info("Listening", { port: 3000, left: undefined });

  assert.deepEqual(lines, [
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"Listening",' +
    '"requestId":"r-1","port":3000}',
  ]);
});

Deno.test("Log.with() adds to the fields of its log, and does not change that log", () => {
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

Deno.test("createLog() drops lines below its level", () => {
  const { lines, log } = collect("warn");

  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");

  assert.deepEqual(lines.map((line) => JSON.parse(line).message), ["c", "d"]);
});

Deno.test("describeError() gives the name of a cause but not its message", () => {
  const cause = new TypeError("token abc is wrong");

  const fields = describeError(new UpstreamError("jumio", "network", { action: "try", cause }));

  assert.equal(fields["detail"], "Cannot try: network");
  assert.equal(fields["cause"], "TypeError");
  assert(!JSON.stringify(fields).includes("abc"));
});

Deno.test("describeError() gives name and stack of an unexpected error", () => {
  const { error, stack } = describeError(new RangeError("too far"));

  assert.equal(error, "RangeError");
  assert.match(String(stack), /^at .*log_test\.ts:\d+:\d+/);
});

const LINK = "https://acme.web.emea-1.jumio.ai/web/client?authorizationToken=SECRETLINK";

const QUOTING: readonly [what: string, work: () => unknown][] = [
  ["a header with a NUL", () => new Headers({ location: `${LINK}\0` })],
  ["a header outside Latin-1", () => new Headers({ location: `${LINK}\u0142` })],
  ["an address", () => new URL(`//${LINK}`)],
  ["a text that is not JSON", () => JSON.parse(LINK)],
  ["a message that looks like a stack", () => {
    throw new Error(`first\n    at ${LINK}\n    at ${LINK} (x.ts:1:1)`);
  }],
  ["a message that was changed later", () => {
    throw Object.assign(new Error(LINK), { message: "other" });
  }],
];

for (const [what, work] of QUOTING) {
  Deno.test(`describeError() does not quote ${what}`, () => {
    let fields = {};
    try {
      work();
    } catch (error) {
      fields = describeError(error);
    }

    assert.match(JSON.stringify(fields), /"error":"\w*Error"/);
    assert(!JSON.stringify(fields).includes("SECRETLINK"));
  });
}

Deno.test("describeError() gives the number of an error of the operating system", () => {
  const { osError } = describeError(new Deno.errors.Http("Too many open files (os error 24)"));

  assert.equal(osError, 24);
});

Deno.test("describeError() gives only the type of a thrown value that is no error", () => {
  assert.deepEqual(describeError("secret text"), { error: "string" });
});

Deno.test("Log.with() reads the fields of a function only when a line is written", () => {
  const { lines, log } = collect("info");
  let calls = 0;
  const request = log.with(() => ({ requestId: `r-${++calls}` }));

  request.debug("dropped");
  assert.equal(calls, 0);
  request.info("a");

  assert.match(lines.join(), /"requestId":"r-1"/);
});
