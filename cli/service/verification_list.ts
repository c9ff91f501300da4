import { VerificationsAnswer } from "../../lib/operator/answers.ts";
import type { Command } from "../frame/command.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { createServiceClient } from "./client.ts";
import { parseMoment } from "./moment.ts";
import { formatTable, formatTimestamp } from "./table.ts";

/** `operator verification list`. */
export const verificationList: Command = {
  name: "verification list",
  summary: "Lists verifications, the last changed first",
  about: `Lists a page. One person is found by "verification show", with the id of the identity
or of an execution.

Example: deno task operator verification list --status review --since 7d`,
  flags: {
    ...SERVICE_FLAGS,
    status: { value: "STATUS,…", summary: "pending, verified, review, rejected, expired" },
    since: { value: "WHEN", summary: "Changed then or later: a date, or 30m, 2h, 7d ago" },
    until: { value: "WHEN", summary: "Changed before then" },
    limit: { value: "N", summary: "How many, 200 at most; default 50" },
    cursor: { value: "CURSOR", summary: "The next page, as the one before named it" },
  },
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    const now = tools.now();
    const data = await client.read("verifications", {
      schema: VerificationsAnswer,
      query: {
        status: args.list("status")?.join(","),
        since: parseMoment(args.text("since"), { flag: "since", now }),
        until: parseMoment(args.text("until"), { flag: "until", now }),
        limit: args.text("limit"),
        cursor: args.text("cursor"),
      },
    });
    const rows = data.verifications.map((verification) => [
      verification["identity_id"],
      verification.status,
      verification.verdict ?? "-",
      formatTimestamp(verification["changed_at"]),
      verification["workflow_execution_id"] ?? "-",
    ]);
    const head = ["IDENTITY", "STATUS", "VERDICT", "SINCE (UTC)", "EXECUTION"];
    const text = rows.length === 0 ? "There are none.\n" : formatTable([head, ...rows]);
    const next = data["next_cursor"];
    const notes = next === null ? [] : [`There is more: --cursor ${next}`];
    return { exitCode: 0, text, data, notes };
  },
};
