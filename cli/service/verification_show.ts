// SPDX-License-Identifier: Apache-2.0
import { ComparedAnswer } from "../../lib/operator/answers.ts";
import type { Command } from "../frame/command.ts";
import { createServiceReader } from "./client.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { showRecord } from "./records.ts";
import { verificationPath } from "./values.ts";

/** `operator verification show`. */
export const verificationShow: Command = {
  name: "verification show",
  summary: "Shows what the service stores about one identity, and where Ory differs",
  about: `ID is the id of an identity or of a workflow execution, as in a log line or in Jumio's
portal. "In Ory" says whether the identity's metadata is what our record says; if not, each field
that differs is shown with both values. verification publish repairs a difference. The link is not
compared.`,
  operands: { usage: "ID", min: 1, max: 1 },
  flags: SERVICE_FLAGS,
  async run(args, tools) {
    const path = verificationPath(args);
    const service = await createServiceReader(args, tools);
    return showRecord(await service.read(path, { schema: ComparedAnswer }));
  },
};
