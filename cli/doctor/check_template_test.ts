// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { checkSyntax, readChecked } from "./check_template.ts";
import { createReport } from "./findings.ts";

for (
  const [reason, id] of [
    ["missing", "template_not_found"],
    ["broken", "template_broken"],
    ["unknown", undefined],
  ] as const
) {
  Deno.test(`readChecked() reports ${id ?? "nothing"} for a template that is ${reason}`, async () => {
    const report = createReport();

    const text = await readChecked("file:///x", {
      what: "The template",
      where: "here",
      readTemplate: () => Promise.resolve({ ok: false, reason, why: "Cannot read it" }),
      report,
    });

    const seen = "The template at file:///x: cannot read it";
    assert.equal(text, undefined);
    assert.deepEqual(report.findings, id === undefined ? [] : [{ id, where: "here", seen }]);
    assert.deepEqual(report.unchecked, id === undefined ? [seen] : []);
  });
}

Deno.test("readChecked() gives the text of a template, and quotes no long address", async () => {
  const report = createReport();
  const options = { what: "The template", where: "here", report };
  const ok = () => Promise.resolve({ ok: true, text: "{}" } as const);
  const broken = () => Promise.resolve({ ok: false, reason: "broken", why: "Broken" } as const);

  assert.equal(await readChecked("file:///x", { ...options, readTemplate: ok }), "{}");
  await readChecked(`base64://${"x".repeat(500)}`, { ...options, readTemplate: broken });

  assert((report.findings[0]?.seen ?? "").length < 120);
});

Deno.test("checkSyntax() reports a template that does not parse", () => {
  const report = createReport();

  assert.equal(checkSyntax("{ a: 1", { what: "The template", where: "here", report }), false);
  assert.equal(checkSyntax("{ a: 1 }", { what: "The template", where: "here", report }), true);

  const seen = "The template: no end of { in line 1";
  assert.deepEqual(report.findings, [{ id: "template_broken", where: "here", seen }]);
});
