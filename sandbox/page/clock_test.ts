// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { formatClock } from "./clock.ts";

Deno.test("formatClock() shows the local time", () => {
  assert.equal(formatClock(new Date(2026, 0, 2, 3, 4, 5).getTime()), "03:04:05");
});
