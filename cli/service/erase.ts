import { RecordAnswer } from "../../lib/operator/answers.ts";
import { type Command, type Tools, UsageError } from "../frame/command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";
import { showRecord } from "./records.ts";

/** `operator erase`. */
export const erase: Command = {
  name: "erase",
  summary: "Forgets an identity: at Jumio, here, and its ids in Ory",
  about:
    `Deletes the person's accounts at Jumio, this service's rows, and the ids and the link on the
identity. It cannot be undone. The status stays on the identity, since it decides who may sign in;
of the rest only stays that it was erased, when and by whom. It goes on until it is done, even when
an upstream is down.

It asks twice. --yes answers, for a program.`,
  operands: { usage: "IDENTITY", min: 1, max: 1 },
  flags: { ...CHANGE_FLAGS, yes: { summary: "Do it without asking" } },
  async run(args, tools) {
    const [id = ""] = args.operands;
    if (!args.has("yes")) askTwice(id, tools);
    const client = await createServiceClient(args, tools);
    const path = `verifications/${encodeURIComponent(id)}/erase`;
    const record = await client.change(path, { schema: RecordAnswer });
    return showRecord(record, "It is being erased; a minute from now it is looked at once more.");
  },
};

function askTwice(id: string, { ask }: Tools): void {
  const first = ask(`Erase ${id} at Jumio and here? Type its id to go on:`);
  if (first === undefined) {
    throw new UsageError("Nobody sits at a terminal to be asked: --yes answers");
  }
  if (first.trim() !== id) throw new UsageError("Nothing was erased: that is not its id");
  const second = ask("It cannot be undone. Type yes to erase:");
  if (second?.trim() !== "yes") throw new UsageError("Nothing was erased");
}
