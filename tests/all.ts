// SPDX-License-Identifier: Apache-2.0
/**
 * `deno task test`: the suites that need nothing but Deno, at the same time, and one summary. The
 * output of the second is shown when the first has ended.
 *
 * @module
 */

import { readResults, type TestResults } from "./junit.ts";

const SUITES = ["unit", "service"] as const;

/** A test that prints nothing for so long gets a dot, so that everybody sees that it still runs. */
const SILENCE_MS = 4_000;

const startedAt = performance.now();
const results: TestResults[] = [];
for (const { suite, output, status } of SUITES.map(start)) {
  await show(output);
  const report = new URL(`../.reports/${suite}.xml`, import.meta.url);
  const { success } = await status;
  const result = readResults(await Deno.readTextFile(report));
  // The report knows nothing of a file that cannot be loaded.
  const isUnknown = !success && result.failed.length === 0;
  results.push(isUnknown ? { ...result, failed: [`the ${suite} tests, see above`] } : result);
}
print(summarize(results, performance.now() - startedAt));
if (results.some(({ failed }) => failed.length > 0)) Deno.exit(1);

function start(suite: typeof SUITES[number]) {
  const args = ["task", "--quiet", `test:${suite}`];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  // Without limit: a suite whose output nobody takes would wait.
  const output = child.stdout.pipeThrough(
    new TransformStream(undefined, undefined, { highWaterMark: Infinity }),
  );
  return { suite, output, status: child.status };
}

async function show(output: ReadableStream<Uint8Array>): Promise<void> {
  let lastOutputAt = performance.now();
  const dots = setInterval(() => {
    if (performance.now() - lastOutputAt < SILENCE_MS) return;
    lastOutputAt = performance.now();
    print(".");
  }, 500);
  const watched = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      lastOutputAt = performance.now();
      controller.enqueue(chunk);
    },
  });
  await output.pipeThrough(watched).pipeTo(Deno.stdout.writable, { preventClose: true });
  clearInterval(dots);
}

function summarize(results: readonly TestResults[], ms: number): string {
  const failed = results.flatMap((result) => result.failed);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const [minutes, seconds] = [Math.floor(ms / 60_000), Math.floor(ms / 1000) % 60];
  return [
    ...failed.map((name) => `FAILED: ${name}`),
    `${SUITES.join(" and ")} tests: ${passed} passed, ${failed.length} failed, ` +
    `in ${minutes} min ${seconds} s`,
  ].map((line) => `${line}\n`).join("");
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
