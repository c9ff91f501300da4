import assert from "node:assert/strict";
import { createOperatedContext } from "../../tests/support/operator_api.ts";
import { runCommand } from "../../tests/support/service_commands.ts";
import { UsageError } from "../frame/command.ts";
import { checkReason, parseLimit } from "./values.ts";

for (
  const [line, allowed] of [
    ["verification list --status verifed", /--status must be one or more of: .*verified, review/],
    ["verification list --status ,", /--status must be one or more of/],
    ["verification list --limit 9999", /--limit must be a number from 1 to 200/],
    ["verification timeline ID --limit 0", /--limit must be a number from 1 to 200/],
    ["dead-letter list --limit many", /--limit must be a number from 1 to 200/],
    ["dead-letter replay foo bar", /KIND must be one of: start, check, publish/],
    ["dead-letter show foo bar", /KIND must be one of: start/],
    ["dead-letter discard foo bar", /KIND must be one of: start/],
    ["verification show ID ID", /takes ID/],
    ["verification decide ID verified --reason two,words", /--reason must be one code/],
    ["verification expire ID --reason two,words", /--reason must be one code/],
    ["status --url ftp://x", /^--url has a wrong form/],
    ["status --url https://user:pw@x", /^--url has a wrong form/],
  ] as const
) {
  Deno.test(`operator refuses "${line}", names what is allowed, and calls nobody`, async () => {
    await using service = await createOperatedContext();
    const before = service.lines.length;

    const { exitCode, stdout, stderr } = await runCommand(service, line);

    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, allowed);
    assert.equal(service.lines.length, before);
  });
}

Deno.test("parseLimit() accepts 1 to 200, and checkReason() refuses two words", () => {
  assert.deepEqual(["1", "200"].map(parseLimit), ["1", "200"]);
  assert.throws(() => checkReason("two words"), UsageError);
  checkReason("manual_check.2");
});
