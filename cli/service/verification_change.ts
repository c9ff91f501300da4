import { RecordAnswer } from "../../lib/operator/answers.ts";
import type { Command, Result } from "../frame/command.ts";
import { UsageError } from "../frame/command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";
import { showRecord } from "./records.ts";

/** `operator verification refresh`. */
export const verificationRefresh: Command = {
  name: "verification refresh",
  summary: "Reads an execution back from Jumio now",
  about: `For a verification whose callback did not come: the newest execution is read now instead
of by schedule. One that is settled is not read again.`,
  operands: { usage: "ID", min: 1, max: 1 },
  flags: CHANGE_FLAGS,
  run: (args, tools) => change("refresh", { args, tools, sentence: "It is read back." }),
};

/** `operator verification restart`. */
export const verificationRestart: Command = {
  name: "verification restart",
  summary: "Lets a person verify once more, after rejected or review too",
  about: `Starts a new execution on the same account at Jumio. The status becomes pending when it is
there, and not before: a person who was rejected is not let in by an outage.`,
  operands: { usage: "ID", min: 1, max: 1 },
  flags: CHANGE_FLAGS,
  run: (args, tools) => change("restart", { args, tools, sentence: "A new start is queued." }),
};

/** `operator verification decide`. */
export const verificationDecide: Command = {
  name: "verification decide",
  summary: "Settles a review",
  about:
    `Only for the status review. The verdict stays WARNING, which is what Jumio said. The reason
is a code of yours (letters, digits, . _ -), kept in the timeline: nothing personal.

Example: deno task operator verification decide ID verified --reason manual_check`,
  operands: { usage: "ID verified|rejected", min: 2, max: 2 },
  flags: { ...CHANGE_FLAGS, reason: { value: "CODE", summary: "Why, as a code; needed" } },
  async run(args, tools) {
    const [, status] = args.operands;
    const reason = args.text("reason");
    if (status !== "verified" && status !== "rejected") {
      throw new UsageError("A review is decided as verified or as rejected");
    }
    if (reason === undefined) throw new UsageError("Give the reason by --reason CODE");
    const body = { status, reason };
    return await change("decide", { args, tools, body, sentence: `Decided: ${status}.` });
  },
};

async function change(
  action: string,
  { args, tools, body, sentence }: {
    args: Parameters<Command["run"]>[0];
    tools: Parameters<Command["run"]>[1];
    body?: unknown;
    sentence: string;
  },
): Promise<Result> {
  const client = await createServiceClient(args, tools);
  const path = `verifications/${encodeURIComponent(args.operands[0] ?? "")}/${action}`;
  return showRecord(await client.change(path, { schema: RecordAnswer, body }), sentence);
}
