// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const PROGRAM = `
  import { formatLogLine } from "./sandbox/log_format.ts";
  import { formatClock } from "./sandbox/page/clock.ts";
  const time = "2026-01-02T23:04:05.678Z";
  const line = formatLogLine(JSON.stringify({ time, level: "info", message: "" }), {});
  console.log(line.slice(0, 8), formatClock(Date.parse(time)));
`;

Deno.test("the terminal and the page of the sandbox show one time, that of this machine", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", PROGRAM],
    cwd: new URL("../../", import.meta.url),
    env: { "TZ": "Asia/Tokyo", "DENO_NO_UPDATE_CHECK": "1" },
  }).output();

  assert.equal(new TextDecoder().decode(stdout).trim(), "08:04:05 08:04:05");
});
