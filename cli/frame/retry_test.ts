// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { UpstreamError, type UpstreamReason } from "../../lib/upstream/error.ts";
import { CommandError, TemporaryError } from "./command.ts";
import { retry, type RetryLimits } from "./retry.ts";

const failure = (reason: UpstreamReason, status?: number, retryAfterMs?: number) =>
  new UpstreamError("kratos", reason, { action: "try", status, retryAfterMs });

/** Runs work that throws these errors one after the other and then succeeds. */
async function run(
  failures: readonly Error[],
  { random = 0, limits }: { random?: number; limits?: RetryLimits } = {},
): Promise<{ result: unknown; waits: number[]; attempts: number[] }> {
  const remaining = [...failures];
  const waits: number[] = [];
  const attempts: number[] = [];
  const work = (attempt: number) => {
    attempts.push(attempt);
    const error = remaining.shift();
    return error === undefined ? Promise.resolve("done") : Promise.reject(error);
  };
  const tools = {
    delay: (ms: number) => {
      waits.push(ms);
      return Promise.resolve();
    },
    progress: () => {},
    random: () => random,
  };
  const result = await retry(work, tools, limits).catch((error) => error);
  return { result, waits, attempts };
}

Deno.test("retry() waits as long as the upstream asks, and never less", async () => {
  const { result, waits } = await run([failure("status", 429, 7000)], { random: 1 });

  assert.equal(result, "done");
  assert.deepEqual(waits, [8750]);
});

Deno.test("retry() doubles its wait if the upstream asks for none", async () => {
  const { waits, attempts } = await run([
    failure("status", 503),
    failure("timeout"),
    failure("network"),
    new TemporaryError("The service is restarting"),
  ]);

  assert.deepEqual([waits, attempts], [[1000, 2000, 4000, 8000], [1, 2, 3, 4, 5]]);
});

Deno.test("retry() gives up after eight attempts and never waits for hours", async () => {
  const error = failure("status", 429, 86_400_000);

  const { result, waits } = await run(Array(20).fill(error));

  assert.equal(result, error);
  assert.deepEqual(waits, Array(7).fill(120_000));
});

Deno.test("retry() keeps to the limits that it is given", async () => {
  const limits = { maxAttempts: 4, firstDelayMs: 10, maxDelayMs: 20 };

  const { result, waits } = await run(Array(20).fill(failure("timeout")), { limits });

  assert(result instanceof UpstreamError);
  assert.deepEqual(waits, [10, 20, 20]);
});

for (
  const error of [
    failure("status", 401),
    failure("malformed", 200),
    new CommandError("Not in this state"),
    new RangeError("bug"),
  ]
) {
  Deno.test(`retry() does not repeat work that fails with "${error.message}"`, async () => {
    const { result, attempts } = await run([error]);

    assert.deepEqual([result, attempts], [error, [1]]);
  });
}
