// SPDX-License-Identifier: Apache-2.0
import { ReplayedEventsAnswer, ResumedEventsAnswer } from "../../lib/operator/answers.ts";
import { type Command, UsageError } from "../frame/command.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";
import { parseTimeFlag } from "./time_flag.ts";

/** `operator events resume`. */
export const eventsResume: Command = {
  name: "events resume",
  summary: "Delivers events to your application again, after its 410 paused them",
  about: `A receiver that answers 410 says that it wants no more events. The service then keeps all
events and delivers none, on every instance, until you run this command.`,
  flags: CHANGE_FLAGS,
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    const data = await client.change("events/resume", { schema: ResumedEventsAnswer });
    const text = data.outcome === "resumed"
      ? "Events are delivered again.\n"
      : "The delivery of events was not paused.\n";
    return { exitCode: 0, text, data };
  },
};

/** `operator events replay`. */
export const eventsReplay: Command = {
  name: "events replay",
  summary: "Delivers events again that were given up",
  about: `After three days of failures an event becomes a dead letter. This command delivers those
again that happened since a time, in the order of each identity. The application may have got newer
events of the same identity: it drops an event with a lower sequence.`,
  flags: {
    ...CHANGE_FLAGS,
    since: { value: "TIME", summary: "Events since 2026-05-04, or 2h or 7d ago" },
  },
  async run(args, tools) {
    const since = parseTimeFlag(args.text("since"), { flag: "since", now: tools.now() });
    if (since === undefined) throw new UsageError("Say with --since which events");
    const client = await createServiceClient(args, tools);
    let replayed = 0;
    let cursor: unknown;
    do {
      const body = cursor === undefined ? { since } : { since, cursor };
      const page = await client.change("events/replay", { schema: ReplayedEventsAnswer, body });
      replayed += page.replayed;
      cursor = page["next_cursor"] ?? undefined;
      tools.progress(`${replayed} events replayed`);
    } while (cursor !== undefined);
    return { exitCode: 0, text: `${replayed} events are delivered again.\n`, data: { replayed } };
  },
};
