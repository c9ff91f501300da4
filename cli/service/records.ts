import type * as z from "zod";
import type { RecordAnswer } from "../../lib/operator/answers.ts";
import type { Result } from "../frame/command.ts";
import { formatFacts, formatTimestamp } from "./table.ts";

/** Shows the record of an identity. After a change, `sentence` says what was done. */
export function showRecord(record: z.output<typeof RecordAnswer>, sentence?: string): Result {
  const { verification, erasure, executions } = record;
  const facts: [string, string][] = [["Identity", record["identity_id"]]];
  if (verification !== null) {
    facts.push(
      ["Status", `${verification.status}, since ${formatTimestamp(verification["changed_at"])}`],
      ["Verdict", verification.verdict ?? "-"],
      ["Registered", formatTimestamp(verification["accepted_at"])],
      ["Jumio account", verification["account_id"] ?? "-"],
    );
    const goneAt = verification["gone_at"];
    if (goneAt !== null) facts.push(["Deleted in Ory", `noticed ${formatTimestamp(goneAt)}`]);
  }
  for (const execution of executions) {
    const end = execution.outcome === null
      ? "open"
      : `${execution.outcome}, ${formatTimestamp(execution["settled_at"])}`;
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
