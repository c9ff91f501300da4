import * as z from "zod";
import type { Command } from "../command.ts";
import { SERVICE_FLAGS } from "../service_flags.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";
import { formatFacts, formatMoment, formatTable } from "./table.ts";

const DeadLetter = z.object({
  kind: z.string(),
  id: z.string(),
  reason: z.string(),
  failures: z.number(),
  "dead_at": z.string(),
});

const Page = z.object({
  "dead_letters": z.array(DeadLetter),
  "next_cursor": z.nullable(z.string()),
});

const Settled = z.object({ kind: z.string(), id: z.string(), outcome: z.string() });

const NAME = { usage: "KIND ID", min: 2, max: 2 };

/** `operator dead-letter list`. */
export const deadLetterList: Command = {
  name: "dead-letter list",
  summary: "Lists the jobs of which no further try is made",
  about: `Exit code 1 where there are any. KIND is start, read, write or erase; ID is that of the
identity, or of the execution for a read.`,
  flags: {
    ...SERVICE_FLAGS,
    limit: { value: "N", summary: "How many, 200 at most; default 50" },
    cursor: { value: "CURSOR", summary: "The next page, as the one before named it" },
  },
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    const query = { limit: args.text("limit"), cursor: args.text("cursor") };
    const data = await client.read("dead-letters", { schema: Page, query });
    const letters = data["dead_letters"];
    const rows = letters.map(({ kind, id, reason, failures, ["dead_at"]: deadAt }) => [
      kind,
      id,
      reason,
      String(failures),
      formatMoment(deadAt),
    ]);
    const text = rows.length === 0
      ? "There are none.\n"
      : formatTable([["KIND", "ID", "REASON", "TRIES", "GIVEN UP (UTC)"], ...rows]);
    const next = data["next_cursor"];
    const notes = next === null ? [] : [`There is more: --cursor ${next}`];
    return { exitCode: letters.length === 0 ? 0 : 1, text, data, notes };
  },
};

/** `operator dead-letter show`. */
export const deadLetterShow: Command = {
  name: "dead-letter show",
  summary: "Shows one dead letter",
  about: "What led to it is in the timeline: operator verification timeline ID.",
  operands: NAME,
  flags: SERVICE_FLAGS,
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    const data = await client.read(pathOf(args.operands), { schema: DeadLetter });
    const text = formatFacts([
      ["Kind", data.kind],
      ["Id", data.id],
      ["Reason", data.reason],
      ["Tries", String(data.failures)],
      ["Given up", `${formatMoment(data["dead_at"])} UTC`],
    ]);
    return { exitCode: 0, text, data };
  },
};

/** `operator dead-letter replay`. */
export const deadLetterReplay: Command = settles("replay", {
  summary: "Tries a dead letter again",
  about: "Mend what it died of first. It has its whole schedule before it again.",
});

/** `operator dead-letter discard`. */
export const deadLetterDiscard: Command = settles("discard", {
  summary: "Throws a dead letter away",
  about:
    `For one that nobody needs any more. What it was to do is not done: a discarded write leaves
the identity as it is. The timeline keeps who discarded it.`,
});

function settles(
  action: "replay" | "discard",
  { summary, about }: { summary: string; about: string },
): Command {
  return {
    name: `dead-letter ${action}`,
    summary,
    about,
    operands: NAME,
    flags: CHANGE_FLAGS,
    async run(args, tools) {
      const client = await createServiceClient(args, tools);
      const path = `${pathOf(args.operands)}/${action}`;
      const data = await client.change(path, { schema: Settled });
      return { exitCode: 0, text: `${data.kind} ${data.id}: ${data.outcome}\n`, data };
    },
  };
}

function pathOf([kind = "", id = ""]: readonly string[]): string {
  return `dead-letters/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
}
