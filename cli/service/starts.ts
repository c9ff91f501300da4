// SPDX-License-Identifier: Apache-2.0
import { StartsAnswer } from "../../lib/operator/answers.ts";
import { type Command, UsageError } from "../frame/command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";

/** `operator pause starts`. */
export const pauseStarts: Command = {
  name: "pause starts",
  summary: "Stops the making of new executions at Jumio",
  about: `For an incident, or a bill that runs away. Holds for all instances until operator resume.
Registrations are accepted and wait. Executions that exist go on, and so do verdicts and sign-ins.`,
  flags: CHANGE_FLAGS,
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    const data = await client.change("starts/pause", { schema: StartsAnswer });
    return { exitCode: 0, text: "No new execution is made until: operator resume\n", data };
  },
};

/** `operator resume`. */
export const resumeStarts: Command = {
  name: "resume",
  summary: "Lets starts go on after operator pause starts",
  about: `Each start that waits is made within a minute or two, and keeps to Jumio's rate limit.`,
  operands: { usage: "[starts]", min: 0, max: 1 },
  flags: CHANGE_FLAGS,
  async run(args, tools) {
    const [what = "starts"] = args.operands;
    if (what !== "starts") {
      throw new UsageError("Only starts can be resumed: operator resume starts");
    }
    const client = await createServiceClient(args, tools);
    const data = await client.change("starts/resume", { schema: StartsAnswer });
    return { exitCode: 0, text: "Starts go on.\n", data };
  },
};
