// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import type {
  ComparedAnswer,
  RecordAnswer,
  VerificationAnswer,
} from "../../lib/operator/answers.ts";
import { describeUnreadable } from "../../lib/operator/format.ts";
import type { Result } from "../frame/command.ts";
import { formatFacts, formatTimestamp } from "./table.ts";

type Compared = z.output<typeof ComparedAnswer>;

/**
 * Shows the record of an identity, and how Ory compares with it where that is known. After a change,
 * `sentence` says what was done.
 */
export function showRecord(
  record: z.output<typeof RecordAnswer> & Partial<Pick<Compared, "ory">>,
  sentence?: string,
): Result {
  const { verification, erasure, executions } = record;
  const facts: [string, string][] = [["Identity", record["identity_id"]]];
  if (verification !== null) {
    facts.push(
      ["Status", `${verification.status}, since ${formatTimestamp(verification["changed_at"])}`],
      ["Verdict", verification.verdict ?? "-"],
      ["Registered", formatTimestamp(verification["accepted_at"])],
      ["Jumio account", verification["account_id"] ?? "-"],
      ["Executions", describeCount(verification)],
    );
    const goneAt = verification["gone_at"];
    if (goneAt !== null) facts.push(["Deleted in Ory", `noticed ${formatTimestamp(goneAt)}`]);
  }
  if (record.ory !== undefined) facts.push(...describeOry(record.ory));
  for (const execution of executions) {
    const end = execution.outcome === null
      ? "open"
      : [execution.outcome, execution.verdict, formatTimestamp(execution["settled_at"])]
        .filter((part) => part !== null).join(", ");
    facts.push(["Execution", `${execution["workflow_execution_id"]}  ${end}`]);
  }
  if (erasure !== null) {
    const { by, erased_at: erasedAt, secret_id: secretId } = erasure;
    const state = erasedAt === null ? "in progress" : formatTimestamp(erasedAt);
    facts.push(["Erased", `${state}, requested by ${by} (secret ${secretId})`]);
  }
  const text = formatFacts(facts);
  return {
    exitCode: 0,
    text: sentence === undefined ? text : `${sentence}\n\n${text}`,
    data: record,
  };
}

/** The list below has at most a hundred, and those of the last 400 days. This counts all. */
function describeCount(
  { execution_count: count, executions_allowed: allowed }: z.output<typeof VerificationAnswer>,
): string {
  return allowed === null ? `${count}` : `${count}; an operator allowed up to ${allowed}`;
}

function describeOry({ state, reason, differences }: Compared["ory"]): [string, string][] {
  switch (state) {
    case "same":
      return [["In Ory", "the same"]];
    case "unknown_identity":
      return [["In Ory", "the identity does not exist"]];
    case "unreadable":
      return [["In Ory", describeUnreadable(reason)]];
    case "not_compared":
      return [];
    case "differs":
      return [
        ["In Ory", "differs from our record"],
        ...differences.map(({ field, record, ory }): [string, string] => [
          `  ${field}`,
          `${ory ?? "-"}, our record: ${record ?? "-"}`,
        ]),
      ];
  }
}
