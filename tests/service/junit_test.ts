// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readResults } from "../junit.ts";

/** Runs the tests in `code` and returns their JUnit report. */
async function report(code: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/x_test.ts`, code);
  const args = ["test", "--no-config", "--no-check", "--junit-path=report.xml", "x_test.ts"];
  await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
  const text = await Deno.readTextFile(`${folder}/report.xml`);
  await Deno.remove(folder, { recursive: true });
  return text;
}

Deno.test("readResults() counts tests and steps that passed, failed or were skipped", async () => {
  const text = await report(`
    Deno.test("passes, and names <failure> and <skipped/>", () => {});
    Deno.test.ignore("is skipped", () => {});
    Deno.test('fails in "quotes"', () => { throw new Error("<skipped/> </testcase>"); });
    Deno.test("has steps", async (t) => {
      await t.step("passes", () => {});
      await t.step({ name: "is skipped", ignore: true, fn() {} });
    });
  `);

  assert.deepEqual(readResults(text), { passed: 3, failed: ['fails in "quotes"'], skipped: 2 });
});

Deno.test("readResults() finds no test in the report of a file that does not load", async () => {
  const text = await report('throw new Error("at load");');

  assert.deepEqual(readResults(text), { passed: 0, failed: [], skipped: 0 });
});

Deno.test("every task that runs tests writes a JUnit report of its own", async () => {
  const config = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  const { tasks }: { tasks: Record<string, { command: string }> } = JSON.parse(config);

  const commands = Object.values(tasks).map(({ command }) => command)
    .filter((command) => command.includes("deno test "));
  const reports = commands.map((command) =>
    /--junit-path=\.reports\/(\w+\.xml) /.exec(command)?.[1]
  );

  assert.equal(new Set(reports).size, commands.length);
  assert(!reports.includes(undefined));
});
