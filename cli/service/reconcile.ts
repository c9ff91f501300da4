import { ReconciledAnswer } from "../../lib/operator/answers.ts";
import type { Command } from "../frame/command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";

/** Jumio takes 15 reads a second, and the service's own work needs some of them. */
const PAUSE_PER_POLL_MS = 70;

/** `operator reconcile`. */
export const reconcile: Command = {
  name: "reconcile",
  summary: "Polls Jumio now for all who have not been heard of",
  about:
    `For the day after callbacks were lost. Every open execution is polled by schedule anyway, at
most an hour apart; this brings those polls forward, a hundred at a time and at a pace that Jumio
takes. Who was polled a moment ago is left alone, so it can be repeated.`,
  flags: CHANGE_FLAGS,
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    let broughtForward = 0;
    let cursor: unknown;
    for (;;) {
      const body = cursor === undefined ? {} : { cursor };
      const page = await client.change("reconcile", { schema: ReconciledAnswer, body });
      broughtForward += page["brought_forward"];
      tools.progress(`${broughtForward} polls brought forward`);
      if (page["next_cursor"] === null) break;
      cursor = page["next_cursor"];
      await tools.delay(page["brought_forward"] * PAUSE_PER_POLL_MS);
    }
    const data = { "brought_forward": broughtForward };
    return {
      exitCode: 0,
      text: `${broughtForward} open executions are polled now.\n`,
      data,
    };
  },
};
