// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { CURES } from "../../lib/operator/cure_table.ts";
import { readFile, tableAfter } from "../support/documents.ts";

Deno.test("docs/operations.md has the table of cures of the code, row by row", async () => {
  const rows = tableAfter(await readFile("docs/operations.md"), "## Dead letters");

  assert.deepEqual(
    rows.map((row) => row.map((cell) => cell.replaceAll("`", ""))),
    CURES.map(({ reasons, statuses, meaning, nextStep }) => [
      reasons.join(", "),
      statuses?.join(", ") ?? "any other",
      meaning,
      nextStep,
    ]),
  );
});

Deno.test("every reason with which a handler gives up a job has a cure of its own", async () => {
  const listed = CURES.flatMap(({ reasons }) => reasons);
  const folder = new URL("../../lib/verification/work/", import.meta.url);
  const given: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith("_test.ts")) continue;
    const source = await Deno.readTextFile(new URL(name, folder));
    const literals = source.matchAll(/(?:kind: "dead", |exhausted: \{ |: \{ )reason: "(\w+)"/g);
    const constants = source.matchAll(/^const OVERWRITTEN = "(\w+)"/gm);
    given.push(...[...literals, ...constants].map(([, reason = ""]) => reason));
  }

  assert(given.length >= 4, String(given));
  assert.deepEqual(given.filter((reason) => !listed.includes(reason)), []);
});
