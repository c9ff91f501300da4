import type * as z from "zod";
import type { RecordAnswer } from "../../lib/operator/answers.ts";
import type { Result } from "../frame/command.ts";
import { formatFacts, formatTimestamp } from "./table.ts";

/** Shows a record, with a sentence before it where something was done. */
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
    const gone = verification["gone_at"];
    if (gone !== null) facts.push(["Deleted in Ory", `noticed ${formatTimestamp(gone)}`]);
  }
  for (const execution of executions) {
    const end = execution.outcome === null
      ? "open"
      : `${execution.outcome}, ${formatTimestamp(execution["settled_at"])}`;
    facts.push(["Execution", `${execution["workflow_execution_id"]}  ${end}`]);
  }
  if (erasure !== null) {
    const done = erasure["erased_at"];
    facts.push([
      "Erased",
      `${done === null ? "under way" : formatTimestamp(done)}, asked for by ${erasure.by} (secret ${
        erasure["secret_id"]
      })`,
    ]);
  }
  const text = formatFacts(facts);
  return {
    exitCode: 0,
    text: sentence === undefined ? text : `${sentence}\n\n${text}`,
    data: record,
  };
}
