// SPDX-License-Identifier: Apache-2.0
import { ReconciledAnswer } from "../../lib/operator/answers.ts";
import type { Command } from "../frame/command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";

/** Jumio allows 15 reads a second, and the service needs some of them for its own work. */
const DELAY_PER_POLL_MS = 70;

/** `operator reconcile`. */
export const reconcile: Command = {
  name: "reconcile",
  summary: "Polls Jumio now for all open executions",
  about: `Use it after callbacks were lost. The service polls every open execution anyway, at most
an hour apart; this command makes those polls due now. It goes in steps of a hundred and keeps below
Jumio's rate limit. It skips executions that were polled in the last minutes, so you can repeat it.`,
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
      await tools.delay(page["brought_forward"] * DELAY_PER_POLL_MS);
    }
    return {
      exitCode: 0,
      text: `${broughtForward} open executions are polled now.\n`,
      data: { "brought_forward": broughtForward },
    };
  },
};
