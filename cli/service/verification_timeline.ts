import { TimelineAnswer } from "../../lib/operator/answers.ts";
import type { Command } from "../frame/command.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { createServiceClient } from "./client.ts";
import { formatTable, formatTimestamp } from "./table.ts";

/** `operator verification timeline`. */
export const verificationTimeline: Command = {
  name: "verification timeline",
  summary: "Tells what happened to one identity, in order",
  about:
    `Each hook, start, callback, read, write, retry and each act of an operator, in UTC. Repeats
and retries are one line each: "last at" is the last of them. Sign-ins are not recorded here.`,
  operands: { usage: "ID", min: 1, max: 1 },
  flags: {
    ...SERVICE_FLAGS,
    limit: { value: "N", summary: "How many events, 200 at most; default 50" },
    cursor: { value: "CURSOR", summary: "The next page, as the one before named it" },
  },
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    const [id = ""] = args.operands;
    const data = await client.read(`verifications/${encodeURIComponent(id)}/timeline`, {
      schema: TimelineAnswer,
      query: { limit: args.text("limit"), cursor: args.text("cursor") },
    });
    const rows = data.events.map(({ at, event, outcome, ...details }) => [
      formatTimestamp(at),
      event,
      typeof outcome === "string" ? outcome : "-",
      describe(details),
    ]);
    const text = rows.length === 0
      ? "Nothing is on record.\n"
      : formatTable([["TIME (UTC)", "EVENT", "OUTCOME", "DETAILS"], ...rows]);
    const next = data["next_cursor"];
    const notes = next === null ? [] : [`There is more: --cursor "${next}"`];
    return { exitCode: 0, text, data, notes };
  },
};

function describe(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details).filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(" ");
}
