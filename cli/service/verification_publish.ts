// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import { PublishedAnswer } from "../../lib/operator/answers.ts";
import { describePublication } from "../../lib/operator/format.ts";
import type { Command } from "../frame/command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";
import { showRecord } from "./records.ts";
import { verificationPath } from "./values.ts";

/** `operator verification publish`. */
export const verificationPublish: Command = {
  name: "verification publish",
  summary: "Writes our record to Ory again where Ory has something else",
  about: `Use it if the metadata of an identity was lost or overwritten. It reads the identity and
compares it with our record. If Ory is older, our record is published. If Ory names an execution or
a decision that our record does not have (KV was lost, or put back to an older copy), nothing is
published: Jumio is asked about that execution. It says which of the two it did.

With --force: publishes our record whatever Ory says. Use it only if you know that Ory is wrong.`,
  operands: { usage: "ID", min: 1, max: 1 },
  flags: {
    ...CHANGE_FLAGS,
    force: { summary: "Publish our record whatever Ory says" },
  },
  async run(args, tools) {
    const path = verificationPath(args, { rest: "publish" });
    const client = await createServiceClient(args, tools);
    const body = { force: args.has("force") };
    const published = await client.change(path, { schema: PublishedAnswer, body });
    const isDone = ["same", "published", "adopting"].includes(published.outcome);
    return {
      ...showRecord(published, describe(published)),
      exitCode: isDone ? 0 : 3,
      notes: advise(published),
    };
  },
};

function describe({ outcome, differed }: z.output<typeof PublishedAnswer>): string {
  const sentence = describePublication(outcome);
  return differed.length === 0 ? sentence : `${sentence} It differed in: ${differed.join(", ")}.`;
}

function advise({ outcome, ory }: z.output<typeof PublishedAnswer>): readonly string[] {
  switch (outcome) {
    case "published":
      return ory.state === "same"
        ? []
        : ["Ory does not have our record yet. The service goes on trying"];
    case "adopting":
      return ["To publish our record instead, whatever Ory says, add --force"];
    case "erased":
      return ["To start a new verification: verification start ID"];
    case "not_started":
      return ["To start a verification: verification start ID"];
    case "same":
    case "unknown_identity":
      return [];
  }
}
