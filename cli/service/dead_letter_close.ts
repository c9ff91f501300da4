// SPDX-License-Identifier: Apache-2.0
import { ClosedLetterAnswer } from "../../lib/operator/answers.ts";
import { ClosedLettersAnswer } from "../../lib/operator/bulk_answers.ts";
import {
  type Arguments,
  type Command,
  type Result,
  type Tools,
  UsageError,
} from "../frame/command.ts";
import { retry } from "../frame/retry.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";
import { type Choice, CHOICE_FLAGS, isChoosing, parseChoice } from "./dead_letter_choice.ts";
import { deadLetterPath } from "./values.ts";

type Action = "replay" | "discard";

const DONE: Readonly<Record<Action, string>> = { replay: "replayed", discard: "discarded" };

/** `operator dead-letter replay`. */
export const deadLetterReplay: Command = {
  name: "dead-letter replay",
  summary: "Retries one dead letter, some of them, or all",
  about: `Fix the cause of the failure first. The job then runs with its full retry schedule.

With --kind, --reason or --since it retries all dead letters that these mean together, with --all
every dead letter, for example after an outage. A job that fails again meanwhile is not retried a
second time. Some reasons must not be retried blindly, because a try costs money or another person
is involved. Such dead letters stay, and the command says how many. To retry them too, name them by
KIND ID or --reason.

Example: deno task operator dead-letter replay --kind publish --since 1d`,
  operands: { usage: "[KIND ID]", min: 0, max: 2 },
  flags: { ...CHANGE_FLAGS, ...CHOICE_FLAGS, all: { summary: "Retry all dead letters" } },
  async run(args, tools) {
    const { operands } = args;
    const ways = [operands.length > 0, isChoosing(args), args.has("all")];
    if (ways.filter(Boolean).length !== 1 || operands.length === 1) {
      throw new UsageError(
        "Name one dead letter by KIND and ID, choose some by --kind, --reason or --since, or use --all",
      );
    }
    return operands.length > 0
      ? await closeOne("replay", { args, tools })
      : await closeChosen("replay", { args, tools, choice: parseChoice(args, tools) });
  },
};

/** `operator dead-letter discard`. */
export const deadLetterDiscard: Command = {
  name: "dead-letter discard",
  summary: "Deletes one dead letter, or some of them, without retrying",
  about: `Use it for jobs that are no longer needed. Their work is not done: after a discarded
publish the identity keeps its old status. The timelines record who discarded them.

With --kind, --reason or --since it deletes all dead letters that these mean together, and asks
first. --yes skips the question, for use in a script.

Example: deno task operator dead-letter discard --kind notify --reason receiver_status`,
  operands: { usage: "[KIND ID]", min: 0, max: 2 },
  flags: { ...CHANGE_FLAGS, ...CHOICE_FLAGS, yes: { summary: "Discard without asking" } },
  async run(args, tools) {
    const { operands } = args;
    const isOne = operands.length > 0;
    if (isOne === isChoosing(args) || operands.length === 1) {
      throw new UsageError(
        "Name one dead letter by KIND and ID, or choose some by --kind, --reason or --since",
      );
    }
    if (isOne) return await closeOne("discard", { args, tools });
    const choice = parseChoice(args, tools);
    if (!args.has("yes")) askToDiscard(choice, tools);
    return await closeChosen("discard", { args, tools, choice });
  },
};

function askToDiscard(choice: Choice, { ask }: Pick<Tools, "ask">): void {
  const named = Object.entries(choice).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`).join(", ");
  const answer = ask(
    `Discard all dead letters of ${named}? Their work is never done. Type yes to discard:`,
  );
  if (answer === undefined) {
    throw new UsageError("Cannot ask, because there is no terminal: use --yes");
  }
  if (answer.trim() !== "yes") throw new UsageError("Nothing was discarded");
}

async function closeOne(
  action: Action,
  { args, tools }: { args: Arguments; tools: Tools },
): Promise<Result> {
  const path = deadLetterPath(args.operands);
  const client = await createServiceClient(args, tools);
  const data = await client.change(`${path}/${action}`, { schema: ClosedLetterAnswer });
  const advice = data.advice === null ? "" : `${data.advice}\n`;
  return { exitCode: 0, text: `${data.kind} ${data.id}: ${data.outcome}\n${advice}`, data };
}

/** Closes page by page: a job that fails again is a dead letter behind the cursor. */
async function closeChosen(
  action: Action,
  { args, tools, choice }: { args: Arguments; tools: Tools; choice: Choice },
): Promise<Result> {
  const client = await createServiceClient(args, tools);
  const path = `dead-letters/${action}`;
  let [closed, left] = [0, 0];
  let cursor: string | undefined;
  do {
    const body = { ...choice, cursor };
    const schema = ClosedLettersAnswer;
    const page = await retry(() => client.change(path, { schema, body }), tools);
    closed += page.closed;
    left += page.left;
    cursor = page["next_cursor"] ?? undefined;
    tools.progress(`${closed} ${DONE[action]}`);
  } while (cursor !== undefined);
  return {
    exitCode: left === 0 ? 0 : 3,
    text: `${closed} ${closed === 1 ? "dead letter" : "dead letters"} ${DONE[action]}.\n`,
    data: { [DONE[action]]: closed, left },
    notes: left === 0
      ? []
      : [`${left} left: they must not be replayed blindly. See dead-letter list for what to do`],
  };
}
