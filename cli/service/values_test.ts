// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { UsageError } from "../frame/command.ts";
import {
  checkReason,
  deadLetterPath,
  parseCursor,
  parseId,
  parseLimit,
  parseStatuses,
  verificationPath,
} from "./values.ts";

const ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const EVENT_ID = `${ID}_1777885200000`;

const withCursor = (cursor: string) => ({ text: () => cursor });

for (
  const [name, parse, message] of [
    ["a limit of 0", () => parseLimit("0"), /^--limit must be a number from 1 to 200$/],
    ["a limit over 200", () => parseLimit("201"), /^--limit must be a number from 1 to 200$/],
    [
      "an unknown status",
      () => parseStatuses(["verifed"]),
      /^--status must be one or more of: .*verified, review/,
    ],
    ["no status", () => parseStatuses([]), /^--status must be one or more of/],
    ["two words as a reason", () => checkReason("two words"), /^--reason must be one code/],
    [
      "the cursor of another list",
      () => parseCursor(withCursor(`publish/${ID}`), "verifications"),
      /^--cursor must be the text that the page before ended with/,
    ],
    [
      "a name as an id",
      () => parseId("ada"),
      /^"ada" is not an id of an identity .*UUIDs, such as/,
    ],
    ["a step up in a path", () => verificationPath({ operands: [".."] }), /^"\.\." is not an id/],
    [
      "an unknown kind",
      () => deadLetterPath(["bread", ID]),
      /^KIND must be one of: start, check, publish/,
    ],
    ["an identity as an event", () => deadLetterPath(["notify", ID]), /_1777885200000$/],
    ["an identity as a sweep", () => deadLetterPath(["sweep", ID]), /is identities$/],
  ] as const
) {
  Deno.test(`the values of service commands: ${name} is refused, with what is allowed`, () => {
    assert.throws(parse, (error) => error instanceof UsageError && message.test(error.message));
  });
}

Deno.test("the values of service commands: right ones are accepted", () => {
  assert.deepEqual(["1", "200", undefined].map(parseLimit), ["1", "200", undefined]);
  assert.equal(parseStatuses(["review", "expired"]), "review,expired");
  checkReason("manual_check.2");
  assert.equal(parseCursor(withCursor(`12.${ID}`), "verifications"), `12.${ID}`);
  assert.equal(
    parseCursor(withCursor("12.9retries of publish"), "timeline"),
    "12.9retries of publish",
  );
  assert.equal(parseCursor(withCursor(`check/${ID}`), "deadLetters"), `check/${ID}`);
  assert.equal(verificationPath({ operands: [ID.toUpperCase()] }), `verifications/${ID}`);
  assert.equal(
    verificationPath({ operands: [ID] }, { rest: "erase" }),
    `verifications/${ID}/erase`,
  );
  assert.equal(deadLetterPath(["check", ID]), `dead-letters/check/${ID}`);
  assert.equal(deadLetterPath(["notify", EVENT_ID]), `dead-letters/notify/${EVENT_ID}`);
  assert.equal(deadLetterPath(["sweep", "identities"]), "dead-letters/sweep/identities");
});
