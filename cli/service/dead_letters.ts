import type * as z from "zod";
import {
  ClosedLetterAnswer,
  DeadLetterAnswer,
  DeadLettersAnswer,
} from "../../lib/operator/answers.ts";
import { type Command, type Result, UsageError } from "../frame/command.ts";
import {
  CHANGE_FLAGS,
  createServiceClient,
  createServiceReader,
  type ServiceClient,
  type ServiceReader,
} from "./client.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { formatFacts, formatTable, formatTimestamp } from "./table.ts";
import { deadLetterPath, parseCursor, parseLimit } from "./values.ts";

const KIND_AND_ID = { usage: "KIND ID", min: 2, max: 2 };

/** `operator dead-letter list`. */
export const deadLetterList: Command = {
  name: "dead-letter list",
  summary: "Lists dead letters: failed jobs that are not retried",
  about: `Exit code 3 if there are any. KIND is start, check, publish, notify or erase. ID is the id
of the identity, for the kind check of the workflow execution, and for the kind notify of the
event: the identity's id and a number.`,
  flags: {
    ...SERVICE_FLAGS,
    limit: { value: "N", summary: "How many, at most 200; default 50" },
    cursor: { value: "CURSOR", summary: "Start of the page, as the page before printed it" },
  },
  async run(args, tools) {
    const limit = parseLimit(args.text("limit"));
    const cursor = parseCursor(args, "deadLetters");
    const service = await createServiceReader(args, tools);
    const query = { limit, cursor };
    const data = await service.read("dead-letters", { schema: DeadLettersAnswer, query });
    const letters = data["dead_letters"];
    const rows = letters.map(({ kind, id, reason, status, failures, ["dead_at"]: deadAt }) => [
      kind,
      id,
      reason,
      String(status ?? "-"),
      String(failures),
      formatTimestamp(deadAt),
    ]);
    const text = rows.length === 0
      ? "No dead letters.\n"
      : formatTable([["KIND", "ID", "REASON", "HTTP", "TRIES", "GIVEN UP (UTC)"], ...rows]);
    const next = data["next_cursor"];
    const notes = [
      ...listSteps(letters),
      ...(next === null ? [] : [`For the next page: --cursor ${next}`]),
    ];
    return { exitCode: letters.length === 0 ? 0 : 3, text, data, notes };
  },
};

/** `operator dead-letter show`. */
export const deadLetterShow: Command = {
  name: "dead-letter show",
  summary: "Shows one dead letter",
  about: "To see what happened before it: operator verification timeline ID.",
  operands: KIND_AND_ID,
  flags: SERVICE_FLAGS,
  async run(args, tools) {
    const path = deadLetterPath(args.operands);
    const service = await createServiceReader(args, tools);
    const data = await service.read(path, { schema: DeadLetterAnswer });
    const text = formatFacts([
      ["Kind", data.kind],
      ["Id", data.id],
      ["Upstream", data.upstream ?? "-"],
      ["Could not", data.action],
      ["Reason", data.status === null ? data.reason : `${data.reason} (HTTP ${data.status})`],
      ["Meaning", data.meaning],
      ["Next step", data["next_step"]],
      ["Tries", String(data.failures)],
      ["Given up", `${formatTimestamp(data["dead_at"])} UTC`],
    ]);
    return { exitCode: 0, text, data };
  },
};

/** `operator dead-letter replay`. */
export const deadLetterReplay: Command = {
  name: "dead-letter replay",
  summary: "Retries one dead letter, or all of them",
  about: `Fix the cause of the failure first. The job then runs with its full retry schedule.
--all retries every dead letter that exists now, for example after an outage.`,
  operands: { usage: "[KIND ID]", min: 0, max: 2 },
  flags: { ...CHANGE_FLAGS, all: { summary: "Retry all dead letters" } },
  async run(args, tools) {
    const { operands } = args;
    if (operands.length !== (args.has("all") ? 0 : 2)) {
      throw new UsageError("Name one dead letter by KIND and ID, or use --all");
    }
    const client = await createServiceClient(args, tools);
    if (!args.has("all")) return await close(client, { operands, action: "replay" });
    let replayed = 0;
    for (const { kind, id } of await listAll(client)) {
      await close(client, { operands: [kind, id], action: "replay" });
      tools.progress(`${++replayed} replayed`);
    }
    return { exitCode: 0, text: `${replayed} dead letters replayed.\n`, data: { replayed } };
  },
};

/** `operator dead-letter discard`. */
export const deadLetterDiscard: Command = {
  name: "dead-letter discard",
  summary: "Deletes a dead letter without retrying it",
  about: `Use it for a job that is no longer needed. The job's work is not done: after a discarded
publish the identity keeps its old status. The timeline records who discarded it.`,
  operands: KIND_AND_ID,
  flags: CHANGE_FLAGS,
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    return await close(client, { operands: args.operands, action: "discard" });
  },
};

/** One line for each reason, so that a long list has no long lines. */
function listSteps(letters: readonly z.output<typeof DeadLetterAnswer>[]): string[] {
  return [
    ...new Set(
      letters.map(({ reason, status, meaning, ["next_step"]: step }) =>
        `${status === null ? reason : `${reason} ${status}`}: ${meaning}. ${step}`
      ),
    ),
  ];
}

async function close(
  client: ServiceClient,
  { operands, action }: { operands: readonly string[]; action: "replay" | "discard" },
): Promise<Result> {
  const data = await client.change(`${deadLetterPath(operands)}/${action}`, {
    schema: ClosedLetterAnswer,
  });
  const advice = data.advice === null ? "" : `${data.advice}\n`;
  return { exitCode: 0, text: `${data.kind} ${data.id}: ${data.outcome}\n${advice}`, data };
}

/** Lists all before the first replay: a job that fails again must not be listed twice. */
async function listAll(service: ServiceReader): Promise<z.output<typeof DeadLetterAnswer>[]> {
  const letters: z.output<typeof DeadLetterAnswer>[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: "200", cursor };
    const page = await service.read("dead-letters", { schema: DeadLettersAnswer, query });
    letters.push(...page["dead_letters"]);
    cursor = page["next_cursor"] ?? undefined;
  } while (cursor !== undefined);
  return letters;
}
