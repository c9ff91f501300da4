// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createReport, FINDINGS } from "./findings.ts";

for (const [id, { why, fix }] of Object.entries(FINDINGS)) {
  Deno.test(`the finding ${id} has a reason and a fix without a full stop at the end`, () => {
    for (const text of [why, fix]) assert.match(text, /^[A-Z].*[^.\s]$/s);
  });
}

Deno.test("createReport() collects findings with and without what was seen", () => {
  const report = createReport();

  report.add("hook_twice", "a.b");
  report.add("wrong_path", "a.b[0]", "It calls /x");

  assert.deepEqual(report.findings, [
    { id: "hook_twice", where: "a.b" },
    { id: "wrong_path", where: "a.b[0]", seen: "It calls /x" },
  ]);
});

Deno.test("createReport() lists what could not be checked once", () => {
  const report = createReport();

  for (const text of ["a", "b", "a"]) report.addUnchecked(text);

  assert.deepEqual(report.unchecked, ["a", "b"]);
});
