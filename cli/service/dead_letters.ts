// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import { DeadLetterAnswer, DeadLettersAnswer } from "../../lib/operator/answers.ts";
import { JOB_KIND_NAMES, SWEEP_ID } from "../../lib/operator/values.ts";
import type { Command } from "../frame/command.ts";
import { createServiceReader, type ServiceReader } from "./client.ts";
import { type Choice, CHOICE_FLAGS, parseChoice } from "./dead_letter_choice.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { formatFacts, formatTable, formatTimestamp } from "./table.ts";
import { deadLetterPath, parseCursor, parseLimit } from "./values.ts";

const DEFAULT_LIMIT = 50;

const KIND_AND_ID = { usage: "KIND ID", min: 2, max: 2 };

/** `operator dead-letter list`. */
export const deadLetterList: Command = {
  name: "dead-letter list",
  summary: "Lists dead letters: failed jobs that are not retried",
  about: `Exit code 3 if there are any. KIND is one of ${JOB_KIND_NAMES.join(", ")}.
ID is the id of the identity; for the kind check of the workflow execution, and for the kind notify
of the event: the identity's id and a number. The only ID of the kind sweep is ${SWEEP_ID}.

Example: deno task operator dead-letter list --kind notify --reason receiver_status --since 1d`,
  flags: {
    ...SERVICE_FLAGS,
    ...CHOICE_FLAGS,
    limit: { value: "N", summary: "How many, at most 200; default 50" },
    cursor: { value: "CURSOR", summary: "Start of the page, as the page before printed it" },
  },
  async run(args, tools) {
    const limit = Number(parseLimit(args.text("limit")) ?? DEFAULT_LIMIT);
    const choice = parseChoice(args, tools);
    const cursor = parseCursor(args, "deadLetters");
    const service = await createServiceReader(args, tools);
    const data = await readPage(service, { ...choice, limit, cursor });
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

/**
 * Reads until the page is full. The service reads a limited number of rows for an answer, so an
 * answer can have fewer dead letters than it was asked for.
 */
async function readPage(
  service: ServiceReader,
  { limit, ...choice }: Choice & { limit: number; cursor: string | undefined },
): Promise<z.output<typeof DeadLettersAnswer>> {
  const letters: z.output<typeof DeadLetterAnswer>[] = [];
  let { cursor } = choice;
  do {
    const query = { ...choice, cursor, limit: String(limit - letters.length) };
    const page = await service.read("dead-letters", { schema: DeadLettersAnswer, query });
    letters.push(...page["dead_letters"]);
    cursor = page["next_cursor"] ?? undefined;
  } while (cursor !== undefined && letters.length < limit);
  return { "dead_letters": letters, "next_cursor": cursor ?? null };
}

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
