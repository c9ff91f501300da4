// SPDX-License-Identifier: Apache-2.0
/** The tests of a JUnit report. A step counts as a test. */
export interface TestResults {
  readonly passed: number;
  readonly skipped: number;
  /** The names of those that failed. */
  readonly failed: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

/** Reads a JUnit report as `deno test --junit-path` writes it. */
export function readResults(report: string): TestResults {
  const cases = report.match(/<testcase\b.*?<\/testcase>/gs) ?? [];
  const failed = cases.filter((text) => /<(?:failure|error)\b/.test(text)).map(nameOf);
  const skipped = cases.filter((text) => /<skipped\b/.test(text)).length;
  return { passed: cases.length - failed.length - skipped, failed, skipped };
}

function nameOf(testCase: string): string {
  const [, name = ""] = /name="([^"]*)"/.exec(testCase) ?? [];
  return name.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}
