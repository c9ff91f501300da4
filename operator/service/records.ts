import * as z from "zod";
import type { Result } from "../command.ts";
import { formatFacts, formatMoment } from "./table.ts";

const Moment = z.nullable(z.string());

/** A verification as the service tells it. */
export const Verification = z.object({
  "identity_id": z.string(),
  "status": z.string(),
  "verdict": z.nullable(z.string()),
  "account_id": z.nullable(z.string()),
  "workflow_execution_id": z.nullable(z.string()),
  "accepted_at": Moment,
  "initiated_at": Moment,
  "decided_at": Moment,
  "changed_at": Moment,
  "gone_at": Moment,
});

/** All that the service keeps of an identity, but for its timeline. */
export const IdentityRecord = z.object({
  "identity_id": z.string(),
  "verification": z.nullable(Verification),
  "executions": z.array(z.object({
    "workflow_execution_id": z.string(),
    "created_at": Moment,
    "settled_at": Moment,
    "outcome": z.nullable(z.string()),
    "conclusion": z.nullable(z.string()),
  })),
  "erasure": z.nullable(z.object({
    "requested_at": Moment,
    "erased_at": Moment,
    "by": z.string(),
    "secret_id": z.string(),
  })),
});

/** Shows a record, with a sentence before it where something was done. */
export function showRecord(record: z.output<typeof IdentityRecord>, sentence?: string): Result {
  const { verification, erasure, executions } = record;
  const facts: [string, string][] = [["Identity", record["identity_id"]]];
  if (verification !== null) {
    facts.push(
      ["Status", `${verification.status}, since ${formatMoment(verification["changed_at"])}`],
      ["Verdict", verification.verdict ?? "-"],
      ["Registered", formatMoment(verification["accepted_at"])],
      ["Jumio account", verification["account_id"] ?? "-"],
    );
    const gone = verification["gone_at"];
    if (gone !== null) facts.push(["Deleted in Ory", `noticed ${formatMoment(gone)}`]);
  }
  for (const execution of executions) {
    const end = execution.outcome === null
      ? "open"
      : `${execution.outcome}, ${formatMoment(execution["settled_at"])}`;
    facts.push(["Execution", `${execution["workflow_execution_id"]}  ${end}`]);
  }
  if (erasure !== null) {
    const done = erasure["erased_at"];
    facts.push([
      "Erased",
      `${done === null ? "under way" : formatMoment(done)}, asked for by ${erasure.by} (secret ${
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
