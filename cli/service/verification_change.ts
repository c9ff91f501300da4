// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import { RecordAnswer, RestartedAnswer } from "../../lib/operator/answers.ts";
import type { Arguments, Command, Result, Tools } from "../frame/command.ts";
import { UsageError } from "../frame/command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";
import { showRecord } from "./records.ts";
import { checkReason, verificationPath } from "./values.ts";

const REASON_FLAG = { value: "CODE", summary: "Why, as a code; required" };

/** `operator verification refresh`. */
export const verificationRefresh: Command = {
  name: "verification refresh",
  summary: "Reads the newest execution from Jumio now",
  about: `Use it if a callback did not arrive: the newest execution is read now instead of at the
next scheduled poll. An execution that has ended is not read again.`,
  operands: { usage: "ID", min: 1, max: 1 },
  flags: CHANGE_FLAGS,
  run: (args, tools) => change("refresh", { args, tools, sentence: "A check was requested." }),
};

/** `operator verification restart`. */
export const verificationRestart: Command = {
  name: "verification restart",
  summary: "Lets a person verify again, also after rejected or review",
  about: `Starts a new execution on the same Jumio account. The status becomes pending only when the
execution exists: an outage of Jumio does not let a rejected person in. With the status pending the
person can sign in, unless LOGIN_BLOCKED_STATUSES of the service names pending. So it needs --yes.`,
  operands: { usage: "ID", min: 1, max: 1 },
  flags: {
    ...CHANGE_FLAGS,
    yes: { summary: "Restart, although the person may then be able to sign in; required" },
  },
  async run(args, tools) {
    if (!args.has("yes")) {
      throw new UsageError(
        "A restart sets the status to pending. A rejected person can then sign in, unless " +
          "LOGIN_BLOCKED_STATUSES of the service names pending. To restart, add --yes",
      );
    }
    const path = verificationPath(args, { rest: "restart" });
    const client = await createServiceClient(args, tools);
    const body = { confirm: true };
    const restarted = await client.change(path, { schema: RestartedAnswer, body });
    return showRecord(restarted, describeRestart(restarted));
  },
};

/** `operator verification decide`. */
export const verificationDecide: Command = {
  name: "verification decide",
  summary: "Decides a review",
  about:
    `Works only for the status review. The verdict stays WARNING, because that is Jumio's answer.
CODE is your own reason code (letters, digits, . _ -). The timeline keeps it, so it must not contain
personal data.

Example: deno task operator verification decide ID verified --reason manual_check`,
  operands: { usage: "ID verified|rejected", min: 2, max: 2 },
  flags: { ...CHANGE_FLAGS, reason: REASON_FLAG },
  async run(args, tools) {
    const [, status] = args.operands;
    if (status !== "verified" && status !== "rejected") {
      throw new UsageError("The decision must be verified or rejected");
    }
    const body = { status, reason: readReason(args) };
    return await change("decide", { args, tools, body, sentence: `Decided: ${status}.` });
  },
};

/** `operator verification expire`. */
export const verificationExpire: Command = {
  name: "verification expire",
  summary: "Ends a verification at once: the person has to verify again",
  about: `Works for the statuses verified and review. The status becomes expired, and the person's
link leads to a new execution on the same Jumio account. Use it after a suspicion or a changed name.
CODE is your own reason code (letters, digits, . _ -). The timeline keeps it, so it must not contain
personal data. With the status expired the person can sign in, unless LOGIN_BLOCKED_STATUSES of the
service names expired.

Example: deno task operator verification expire ID --reason name_changed`,
  operands: { usage: "ID", min: 1, max: 1 },
  flags: { ...CHANGE_FLAGS, reason: REASON_FLAG },
  async run(args, tools) {
    const body = { reason: readReason(args) };
    return await change("expire", { args, tools, body, sentence: "The verification has ended." });
  },
};

function readReason(args: Arguments): string {
  const reason = args.text("reason");
  if (reason === undefined) throw new UsageError("Give a reason with --reason CODE");
  checkReason(reason);
  return reason;
}

function describeRestart(restarted: z.output<typeof RestartedAnswer>): string {
  return "A new start is queued. When the new execution exists, the status becomes pending, and " +
    (restarted["pending_can_sign_in"]
      ? "the person can sign in before they are verified: LOGIN_BLOCKED_STATUSES does not name pending."
      : "the person cannot sign in before they are verified: LOGIN_BLOCKED_STATUSES names pending.");
}

async function change(
  action: string,
  { args, tools, body, sentence }: {
    args: Arguments;
    tools: Tools;
    body?: unknown;
    sentence: string;
  },
): Promise<Result> {
  const path = verificationPath(args, { rest: action });
  const client = await createServiceClient(args, tools);
  return showRecord(await client.change(path, { schema: RecordAnswer, body }), sentence);
}
