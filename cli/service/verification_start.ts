// SPDX-License-Identifier: Apache-2.0
import { RecordAnswer } from "../../lib/operator/answers.ts";
import type { Command } from "../frame/command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";
import { showRecord } from "./records.ts";
import { verificationPath } from "./values.ts";

/** `operator verification start`. */
export const verificationStart: Command = {
  name: "verification start",
  summary: "Starts the verification of an identity that was never started",
  about: `Queues the start, which keeps to Jumio's rate limit. The sweep finds people who were never
started, and lists them: see operator sweep.`,
  operands: { usage: "IDENTITY", min: 1, max: 1 },
  flags: CHANGE_FLAGS,
  async run(args, tools) {
    const path = verificationPath(args, { rest: "start" });
    const client = await createServiceClient(args, tools);
    const record = await client.change(path, { schema: RecordAnswer });
    return showRecord(record, "A start is queued.");
  },
};
