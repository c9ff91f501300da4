import type * as z from "zod";
import {
  ClosedLetterAnswer,
  DeadLetterAnswer,
  DeadLettersAnswer,
} from "../../lib/operator/answers.ts";
import { type Command, type Result, UsageError } from "../frame/command.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { CHANGE_FLAGS, createServiceClient, type ServiceClient } from "./client.ts";
import { formatFacts, formatTable, formatTimestamp } from "./table.ts";

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
    const data = await client.read("dead-letters", { schema: DeadLettersAnswer, query });
    const letters = data["dead_letters"];
    const rows = letters.map(({ kind, id, reason, failures, ["dead_at"]: deadAt }) => [
      kind,
      id,
      reason,
      String(failures),
      formatTimestamp(deadAt),
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
    const data = await client.read(pathOf(args.operands), { schema: DeadLetterAnswer });
    const text = formatFacts([
      ["Kind", data.kind],
      ["Id", data.id],
      ["Reason", data.reason],
      ["Tries", String(data.failures)],
      ["Given up", `${formatTimestamp(data["dead_at"])} UTC`],
    ]);
    return { exitCode: 0, text, data };
  },
};

/** `operator dead-letter replay`. */
export const deadLetterReplay: Command = {
  name: "dead-letter replay",
  summary: "Tries a dead letter again, or all of them",
  about: `Mend what it died of first. It has its whole schedule before it again. With --all, those
that there are now: for the day after an outage.`,
  operands: { usage: "[KIND ID]", min: 0, max: 2 },
  flags: { ...CHANGE_FLAGS, all: { summary: "All dead letters" } },
  async run(args, tools) {
    const { operands } = args;
    if (operands.length !== (args.has("all") ? 0 : 2)) {
      throw new UsageError("Name one dead letter by KIND and ID, or all by --all");
    }
    const client = await createServiceClient(args, tools);
    if (!args.has("all")) return await settle(client, { operands, action: "replay" });
    let replayed = 0;
    for (const { kind, id } of await listAll(client)) {
      await settle(client, { operands: [kind, id], action: "replay" });
      tools.progress(`${++replayed} replayed`);
    }
    return { exitCode: 0, text: `${replayed} are tried again.\n`, data: { replayed } };
  },
};

/** `operator dead-letter discard`. */
export const deadLetterDiscard: Command = {
  name: "dead-letter discard",
  summary: "Throws a dead letter away",
  about: `For one that nobody needs any more. What it was to do is not done: a discarded write
leaves the identity as it is. The timeline keeps who discarded it.`,
  operands: NAME,
  flags: CHANGE_FLAGS,
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    return await settle(client, { operands: args.operands, action: "discard" });
  },
};

async function settle(
  client: ServiceClient,
  { operands, action }: { operands: readonly string[]; action: "replay" | "discard" },
): Promise<Result> {
  const data = await client.change(`${pathOf(operands)}/${action}`, {
    schema: ClosedLetterAnswer,
  });
  return { exitCode: 0, text: `${data.kind} ${data.id}: ${data.outcome}\n`, data };
}

/** All of them before the first is replayed: one that dies again must not come round again. */
async function listAll(client: ServiceClient): Promise<z.output<typeof DeadLetterAnswer>[]> {
  const letters: z.output<typeof DeadLetterAnswer>[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: "200", cursor };
    const page = await client.read("dead-letters", { schema: DeadLettersAnswer, query });
    letters.push(...page["dead_letters"]);
    cursor = page["next_cursor"] ?? undefined;
  } while (cursor !== undefined);
  return letters;
}

function pathOf([kind = "", id = ""]: readonly string[]): string {
  return `dead-letters/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
}
