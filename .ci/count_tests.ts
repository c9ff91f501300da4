// SPDX-License-Identifier: Apache-2.0
/**
 * Adds up the JUnit reports of a folder and prints `PASSED FAILED SKIPPED`. A step counts as a test.
 *
 * @module
 */

import { readResults } from "../tests/junit.ts";

const folder = Deno.args[0] ?? "";
const sum = { passed: 0, failed: 0, skipped: 0 };
for await (const { name } of Deno.readDir(folder)) {
  const { passed, failed, skipped } = readResults(await Deno.readTextFile(`${folder}/${name}`));
  sum.passed += passed;
  sum.failed += failed.length;
  sum.skipped += skipped;
}
// deno-lint-ignore no-console -- .ci/run reads this line
console.log(`${sum.passed} ${sum.failed} ${sum.skipped}`);
