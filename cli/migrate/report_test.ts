// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describeMigration, type MigrateReport } from "./report.ts";

const REPORT: MigrateReport = {
  dryRun: false,
  read: 3,
  migrated: [
    { identityId: "ada", from: "verified", to: "verified" },
    { identityId: "bob", from: "rejected", to: "expired" },
    { identityId: "cyd", from: "rejected", to: "expired" },
  ],
  droppedFlat: [],
  hasJumio: 0,
  noFlatKeys: 0,
  gone: 0,
  unknownStatus: [],
  failed: [],
  stopped: null,
  pageToken: null,
};

Deno.test("describeMigration() counts the changes by status", () => {
  const { exitCode, text, data } = describeMigration(REPORT);

  assert.equal(exitCode, 0);
  assert.equal(
    text,
    `3 identities read
3 migrated
  verified -> verified: 1
  rejected -> expired: 2
0 already have jumio: not changed
0 have no flat keys
`,
  );
  assert.equal(data, REPORT);
});

Deno.test("describeMigration() uses the conditional for a dry run", () => {
  const { text } = describeMigration({ ...REPORT, dryRun: true, droppedFlat: ["dan"] });

  assert.match(text, /^3 would be migrated$/m);
  assert.match(text, /^1 would lose only their flat keys$/m);
  assert.match(text, /^This was a dry run: nothing was changed\. To migrate, add --yes$/m);
});

for (
  const [name, expected, changes, line] of [
    ["an unknown status", 3, { unknownStatus: ["eve"] }, "Unknown status, not changed: eve"],
    [
      "a failed identity",
      3,
      { failed: [{ identityId: "eve", reason: "Cannot patch an identity: status 400" }] },
      "Cannot patch an identity: status 400: eve",
    ],
    [
      "an early end",
      1,
      { stopped: "Cannot list identities: status 503", pageToken: "t0k3n" },
      "Continue with --page-token t0k3n",
    ],
  ]
) {
  Deno.test(`describeMigration() exits with ${expected} for ${name}`, () => {
    const { exitCode, text } = describeMigration({ ...REPORT, ...Object(changes) });

    assert.equal(exitCode, expected);
    assert(text.includes(`${line}\n`));
  });
}
