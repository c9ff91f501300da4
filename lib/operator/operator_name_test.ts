// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { operatorNameHeader, readOperatorName } from "./operator_name.ts";

for (const name of ["grace", "Zoë Müller", "on-call_2@example.com"]) {
  Deno.test(`readOperatorName() reads "${name}" from the header for it`, () => {
    assert.equal(readOperatorName(new Headers(operatorNameHeader(name))), name);
  });
}

Deno.test("readOperatorName() reads a name that is not encoded", () => {
  assert.equal(readOperatorName(new Headers({ "x-operator": " grace " })), "grace");
});

for (
  const [name, headers] of [
    ["no header", {}],
    ["a line break", { "x-operator": "a%0Ab" }],
    ["a percent sign that encodes nothing", { "x-operator": "100%" }],
    ["65 letters", { "x-operator": "x".repeat(65) }],
  ] as const
) {
  Deno.test(`readOperatorName() refuses ${name}`, () => {
    assert.equal(readOperatorName(new Headers({ ...headers })), undefined);
  });
}
