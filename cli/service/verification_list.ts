// SPDX-License-Identifier: Apache-2.0
import { VerificationsAnswer } from "../../lib/operator/answers.ts";
import { VERIFICATION_STATUSES } from "../../lib/operator/values.ts";
import type { Command } from "../frame/command.ts";
import { createServiceReader } from "./client.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { formatTable, formatTimestamp } from "./table.ts";
import { parseTimeRange } from "./time_flag.ts";
import { parseCursor, parseLimit, parseStatuses } from "./values.ts";

/** `operator verification list`. */
export const verificationList: Command = {
  name: "verification list",
  summary: "Lists verifications, most recently changed first",
  about: `Prints one page. To find one person, use "verification show" with the id of the identity
or of a workflow execution.

Example: deno task operator verification list --status review --since 7d`,
  flags: {
    ...SERVICE_FLAGS,
    status: { value: "STATUS,…", summary: VERIFICATION_STATUSES.join(", ") },
    since: { value: "TIME", summary: "Changed at this time or later: a date, or 30m, 2h, 7d ago" },
    until: { value: "TIME", summary: "Changed before this time" },
    limit: { value: "N", summary: "How many, at most 200; default 50" },
    cursor: { value: "CURSOR", summary: "Start of the page, as the page before printed it" },
  },
  async run(args, tools) {
    const statuses = parseStatuses(args.list("status"));
    const limit = parseLimit(args.text("limit"));
    const cursor = parseCursor(args, "verifications");
    const range = parseTimeRange(args, tools);
    const service = await createServiceReader(args, tools);
    const data = await service.read("verifications", {
      schema: VerificationsAnswer,
      query: { status: statuses, ...range, limit, cursor },
    });
    const rows = data.verifications.map((verification) => [
      verification["identity_id"],
      verification.status,
      verification.verdict ?? "-",
      formatTimestamp(verification["changed_at"]),
      verification["workflow_execution_id"] ?? "-",
    ]);
    const header = ["IDENTITY", "STATUS", "VERDICT", "SINCE (UTC)", "EXECUTION"];
    const text = rows.length === 0 ? "No verifications.\n" : formatTable([header, ...rows]);
    const next = data["next_cursor"];
    const notes = next === null ? [] : [`For the next page: --cursor ${next}`];
    return { exitCode: 0, text, data, notes };
  },
};
