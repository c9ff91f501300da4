import assert from "node:assert/strict";
import { UpstreamError, type UpstreamReason } from "../../lib/upstream/error.ts";
import { withPatience } from "./retry.ts";

const failure = (reason: UpstreamReason, status?: number, retryAfterMs?: number) =>
  new UpstreamError("kratos", reason, { action: "try", status, retryAfterMs });

/** Fails with these errors, one after the other, then works. */
async function run(
  failures: readonly Error[],
  random = 0,
): Promise<{ result: unknown; waits: number[]; attempts: number[] }> {
  const left = [...failures];
  const waits: number[] = [];
  const attempts: number[] = [];
  const result = await withPatience((attempt) => {
    attempts.push(attempt);
    const error = left.shift();
    return error === undefined ? Promise.resolve("done") : Promise.reject(error);
  }, {
    delay: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    progress: () => {},
    random: () => random,
  }).catch((error) => error);
  return { result, waits, attempts };
}

Deno.test("withPatience() waits as long as the upstream asks, and never less", async () => {
  const { result, waits } = await run([failure("status", 429, 7000)], 1);

  assert.equal(result, "done");
  assert.deepEqual(waits, [8750]);
});

Deno.test("withPatience() doubles its wait where nobody asks for one", async () => {
  const { waits, attempts } = await run([
    failure("status", 503),
    failure("timeout"),
    failure("network"),
  ]);

  assert.deepEqual([waits, attempts], [[1000, 2000, 4000], [1, 2, 3, 4]]);
});

Deno.test("withPatience() gives up at last, and never waits for hours", async () => {
  const error = failure("status", 429, 86_400_000);

  const { result, waits } = await run(Array(20).fill(error));

  assert.equal(result, error);
  assert.deepEqual(waits, Array(7).fill(120_000));
});

for (const error of [failure("status", 401), failure("malformed", 200), new RangeError("bug")]) {
  Deno.test(`withPatience() does not repeat what ends with "${error.message}"`, async () => {
    const { result, attempts } = await run([error]);

    assert.deepEqual([result, attempts], [error, [1]]);
  });
}
