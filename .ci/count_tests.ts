/**
 * Adds up the JUnit reports of a folder and prints `PASSED FAILED SKIPPED`. A step counts as a test.
 *
 * @module
 */

/** How many tests of a report passed, failed or were skipped. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts the test cases of a JUnit report as `deno test --junit-path` writes it. */
export function countTests(report: string): TestCounts {
  const cases = report.match(/<testcase\b.*?<\/testcase>/gs) ?? [];
  const failed = cases.filter((text) => /<(?:failure|error)\b/.test(text)).length;
  const skipped = cases.filter((text) => /<skipped\b/.test(text)).length;
  return { passed: cases.length - failed - skipped, failed, skipped };
}

async function readReports(folder: string): Promise<TestCounts> {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for await (const { name } of Deno.readDir(folder)) {
    const counts = countTests(await Deno.readTextFile(`${folder}/${name}`));
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    sum.skipped += counts.skipped;
  }
  return sum;
}

if (import.meta.main) {
  const { passed, failed, skipped } = await readReports(Deno.args[0] ?? "");
  // deno-lint-ignore no-console -- .ci/run reads this line
  console.log(`${passed} ${failed} ${skipped}`);
}
