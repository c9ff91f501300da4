// SPDX-License-Identifier: Apache-2.0
import { TimelineAnswer } from "../../lib/operator/answers.ts";
import type { Command } from "../frame/command.ts";
import { createServiceReader } from "./client.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { formatTable, formatTimestamp } from "./table.ts";
import { parseCursor, parseLimit, verificationPath } from "./values.ts";

/** `operator verification timeline`. */
export const verificationTimeline: Command = {
  name: "verification timeline",
  summary: "Shows what happened to one identity, in order",
  about: `Shows every hook, start, callback, check, publish, retry and operator action, in UTC.
Repeats and retries share one line; last_at is the time of the last one. Sign-ins are not recorded.`,
  operands: { usage: "ID", min: 1, max: 1 },
  flags: {
    ...SERVICE_FLAGS,
    limit: { value: "N", summary: "How many events, at most 200; default 50" },
    cursor: { value: "CURSOR", summary: "Start of the page, as the page before printed it" },
  },
  async run(args, tools) {
    const limit = parseLimit(args.text("limit"));
    const cursor = parseCursor(args, "timeline");
    const path = verificationPath(args, { rest: "timeline" });
    const service = await createServiceReader(args, tools);
    const query = { limit, cursor };
    const data = await service.read(path, { schema: TimelineAnswer, query });
    const rows = data.events.map(({ at, event, outcome, ...details }) => [
      formatTimestamp(at),
      event,
      typeof outcome === "string" ? outcome : "-",
      describe(details),
    ]);
    const text = rows.length === 0
      ? "No events.\n"
      : formatTable([["TIME (UTC)", "EVENT", "OUTCOME", "DETAILS"], ...rows]);
    const next = data["next_cursor"];
    const notes = next === null ? [] : [`For the next page: --cursor "${next}"`];
    return { exitCode: 0, text, data, notes };
  },
};

function describe(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details).filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(" ");
}
