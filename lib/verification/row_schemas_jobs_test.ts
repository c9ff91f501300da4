// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { JobKind } from "../jobs/kind.ts";
import { createJob } from "../../tests/support/verification_rows.ts";
import { JOB_KINDS, NOTIFY } from "./job_kinds.ts";
import { VERIFICATION_ROWS } from "./row_schemas.ts";

const DEAD_LETTER = { v: 1, id: "a", reason: "jumio_status", failures: 1, deadAt: 1 };

/** Where the value of a row differs from its schema. A dead letter can be of any kind. */
function findWrong(table: string, row: object): string[] {
  const issues = VERIFICATION_ROWS[table]?.value().safeParse(row).error?.issues ?? [];
  return issues.flatMap((issue) => issue.code === "invalid_union" ? issue.errors.flat() : [issue])
    .filter(({ path }) => path[0] !== "kind").map(({ path }) => path.join("."));
}

for (const kind of JOB_KINDS) {
  const { name } = kind;
  for (
    const [table, row] of [
      [`job/${name}`, createJob(kind as JobKind, { id: "a", data: {} })],
      [`due/${name}`, { v: 1 }],
      ["dead_letter", { ...DEAD_LETTER, kind: name }],
    ] as const
  ) {
    Deno.test(`a row of ${table} does not fit if the data of ${name} is a text`, () => {
      assert.deepEqual([...new Set(findWrong(table, { ...row, data: "garbage" }))], ["data"]);
    });
  }
}

Deno.test("the row of an event does not fit if the event has no type", () => {
  const data = { webhookId: "a", event: { timestamp: "2026-05-04T09:00:00.000Z", data: {} } };

  const wrong = findWrong(`job/${NOTIFY.name}`, createJob(NOTIFY as JobKind, { id: "a", data }));

  assert(wrong.includes("data.event.type"));
});
