import * as z from "zod";
import type { Command } from "../command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";

/** Jumio takes 15 reads a second; a page of a hundred is done in about seven. */
const PAUSE_MS = 7_000;

const Page = z.object({
  "looked_at": z.number(),
  "brought_forward": z.number(),
  "next_cursor": z.nullable(z.unknown()),
});

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
    let lookedAt = 0;
    let broughtForward = 0;
    let cursor: unknown;
    for (;;) {
      const body = cursor === undefined ? {} : { cursor };
      const page = await client.change("reconcile", { schema: Page, body });
      lookedAt += page["looked_at"];
      broughtForward += page["brought_forward"];
      tools.progress(`${broughtForward} of ${lookedAt} polls brought forward`);
      if (page["next_cursor"] === null) break;
      cursor = page["next_cursor"];
      await tools.sleep(PAUSE_MS);
    }
    const data = { "looked_at": lookedAt, "brought_forward": broughtForward };
    return {
      exitCode: 0,
      text: `${broughtForward} of ${lookedAt} open executions are polled now.\n`,
      data,
    };
  },
};
