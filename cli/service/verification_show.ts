import { RecordAnswer } from "../../lib/operator/answers.ts";
import type { Command } from "../frame/command.ts";
import { createServiceClient } from "./client.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { showRecord } from "./records.ts";

/** `operator verification show`. */
export const verificationShow: Command = {
  name: "verification show",
  summary: "Shows everything that the service stores about one identity",
  about: `ID is the id of an identity or of a workflow execution, as in a log line or in Jumio's
portal.`,
  operands: { usage: "ID", min: 1, max: 1 },
  flags: SERVICE_FLAGS,
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    const [id = ""] = args.operands;
    const path = `verifications/${encodeURIComponent(id)}`;
    return showRecord(await client.read(path, { schema: RecordAnswer }));
  },
};
