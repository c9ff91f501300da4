import { StatusAnswer } from "../../lib/operator/answers.ts";
import { describeDeadLetters, formatCount, isOverdue } from "../../lib/operator/format.ts";
import type { Command } from "../frame/command.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { createServiceClient } from "./client.ts";
import { formatTable, formatTimestamp } from "./table.ts";

const RATES = ["starts", "verified", "review", "rejected", "expired", "inconclusive"] as const;

/** `operator status`. */
export const status: Command = {
  name: "status",
  summary: "Shows what waits, what failed, and how much was done",
  about: `Asks the running service. Exit code 1 where somebody has to do something: there are dead
letters, or work has been due for more than five minutes.

"Waiting" is all that there is of a queue: the reads that wait are polls of people who have not
finished yet. "Due now" is counted up to 1000, and then has a "+". "First due" is when the next job
of a queue is due. "2 h" is the present hour and the whole one before it.`,
  flags: SERVICE_FLAGS,
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    const data = await client.read("status", { schema: StatusAnswer });
    const overdue = Object.entries(data.queues).filter(([, queue]) => {
      const oldest = queue["oldest_due_at"];
      return isOverdue(oldest === null ? undefined : Date.parse(oldest), tools.now());
    }).map(([kind]) => kind);
    const { count, is_more: isMore } = data["dead_letters"];
    const { good, bad, strong } = tools.paint;
    const state = count > 0
      ? bad(describeDeadLetters({ count, isMore }))
      : overdue.length > 0
      ? bad(`Work is overdue: ${overdue.join(", ")}`)
      : good("Nothing needs you");
    const queues = Object.entries(data.queues).map(([kind, queue]) => [
      kind,
      String(queue.waiting),
      formatCount({ count: queue.due, isMore: queue["due_is_more"] }),
      formatTimestamp(queue["oldest_due_at"]),
    ]);
    const upstreams = Object.entries(data.upstreams).map(([name, upstream]) => {
      const last = upstream["last_failure"];
      return [
        name,
        String(upstream["failures_last_hours"]),
        String(upstream["failures_last_day"]),
        last === null ? "-" : `${formatTimestamp(last.at)} ${last.reason} ${last.status ?? ""}`,
      ];
    });
    const rates = RATES.map((name) => [
      name,
      String(data["last_hours"][name]),
      String(data["last_day"][name]),
    ]);
    const text = [
      `${strong(state)}\n`,
      formatTable([["QUEUE", "WAITING", "DUE NOW", "FIRST DUE"], ...queues]),
      formatTable([["UPSTREAM", "FAILURES 2 H", "24 H", "LAST FAILURE"], ...upstreams]),
      formatTable([["COUNT", "2 H", "24 H"], ...rates]),
    ].join("\n");
    return { exitCode: count > 0 || overdue.length > 0 ? 1 : 0, text, data };
  },
};
