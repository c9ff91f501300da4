// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { formatFacts, formatTable, formatTimestamp } from "./table.ts";

Deno.test("formatTable() aligns columns and leaves no trailing space", () => {
  const rows = [["KIND", "ID"], ["start", "ada"], ["check", ""]];

  assert.equal(formatTable(rows), "KIND   ID\nstart  ada\ncheck\n");
});

Deno.test("formatFacts() aligns the values", () => {
  assert.equal(formatFacts([["Id", "ada"], ["Reason", "-"]]), "Id      ada\nReason  -\n");
});

Deno.test("formatTimestamp() prints UTC to the second, and a dash for none", () => {
  assert.equal(formatTimestamp("2026-05-04T09:00:00.123Z"), "2026-05-04 09:00:00");
  assert.equal(formatTimestamp(null), "-");
});
