// SPDX-License-Identifier: Apache-2.0
import { RecordAnswer } from "../../lib/operator/answers.ts";
import { type Command, type Tools, UsageError } from "../frame/command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";
import { showRecord } from "./records.ts";
import { verificationPath } from "./values.ts";

/** `operator erase`. */
export const erase: Command = {
  name: "erase",
  summary: "Erases a person's verification data at Jumio, in this service and in Ory",
  about: `Deletes the person's images, biometrics and extracted data at Jumio, this service's rows,
and the ids and the link in the identity's metadata. This cannot be undone.

Three things stay: the status in the identity's metadata, because it decides who may sign in; a
record that the person was erased, when and by whom; and at Jumio the metadata and the decision of
each transaction. The work is retried until it is done, also if
Jumio or Ory is down.

The command asks twice. --yes skips the questions, for use in a script.`,
  operands: { usage: "IDENTITY", min: 1, max: 1 },
  flags: { ...CHANGE_FLAGS, yes: { summary: "Erase without asking" } },
  async run(args, tools) {
    const path = verificationPath(args, { rest: "erase" });
    if (!args.has("yes")) askTwice(args.operands[0] ?? "", tools);
    const client = await createServiceClient(args, tools);
    const record = await client.change(path, { schema: RecordAnswer });
    return showRecord(record, "Erasure has started. After a minute it is checked once more.");
  },
};

function askTwice(id: string, { ask }: Pick<Tools, "ask">): void {
  const typedId = ask(`Erase ${id} at Jumio, here and in Ory? Type the id to continue:`);
  if (typedId === undefined) {
    throw new UsageError("Cannot ask, because there is no terminal: use --yes");
  }
  if (typedId.trim() !== id) throw new UsageError("Nothing was erased: the id does not match");
  const answer = ask("This cannot be undone. Type yes to erase:");
  if (answer?.trim() !== "yes") throw new UsageError("Nothing was erased");
}
