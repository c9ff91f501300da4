// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import { StatusAnswer } from "../../lib/operator/answers.ts";
import { formatCount } from "../../lib/operator/format.ts";
import type { Command, Paint } from "../frame/command.ts";
import { createServiceReader } from "./client.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { formatTable, formatTimestamp } from "./table.ts";

type Status = z.output<typeof StatusAnswer>;

const COUNTS = ["starts", "verified", "review", "rejected", "expired", "inconclusive"] as const;

/** `operator status`. */
export const status: Command = {
  name: "status",
  summary: "Shows queues, failures and counts, and whether you need to act",
  about: `Asks the running service. Exit code 0 if nothing needs you, 3 if something does: dead
letters, failing jobs, overdue jobs, starts that are held back, events that your application does
not accept, open reviews, people who were never started, and identities that differ from our
records. Each has its age and the next step. Exit code 1 if the service cannot be reached. A failing
job is listed at once if an upstream refused it (as 401 and 400), else after ten minutes.

WAITING is the number of jobs in a queue. Most waiting checks are polls for people who have not
finished yet. A waiting notify job is an event that your application has not accepted. DUE NOW is
counted up to 1000; a plus means more. FIRST DUE is when the next job of the queue is due. 2 H is
the current hour and the full hour before it.`,
  flags: SERVICE_FLAGS,
  async run(args, tools) {
    const service = await createServiceReader(args, tools);
    const data = await service.read("status", { schema: StatusAnswer });
    const tables = [
      ...describeHeld(data),
      describeQueues(data),
      describeUpstreams(data),
      describeCounts(data),
      describeSweep(data),
    ];
    return {
      exitCode: data.needs.length > 0 ? 3 : 0,
      text: [describeNeeds(data, tools.paint), ...tables].join("\n"),
      data,
    };
  },
};

function describeNeeds({ needs }: Status, paint: Paint): string {
  if (needs.length === 0) return `${paint.good("Nothing needs you")}\n`;
  const lines = needs.map(({ title, since, ["next_step"]: nextStep }) => {
    const time = since === null ? "" : ` (since ${formatTimestamp(since)})`;
    return `${paint.strong(title)}${time}\n  ${nextStep}\n`;
  });
  const count = needs.length === 1 ? "One thing needs you" : `${needs.length} things need you`;
  return [`${paint.bad(count)}\n`, ...lines].join("\n");
}

/** Nothing where starts are made. */
function describeHeld({ starts }: Status): string[] {
  const { paused_at: pausedAt, paused_by: by, breaker_opened_at: openedAt } = starts;
  const rows = [
    ...(pausedAt === null ? [] : [["paused", formatTimestamp(pausedAt), `by ${by}`]]),
    ...(openedAt === null ? [] : [["failing", formatTimestamp(openedAt), "one a minute is tried"]]),
  ];
  return rows.length === 0 ? [] : [formatTable([["STARTS", "SINCE", "DETAIL"], ...rows])];
}

function describeQueues({ queues }: Status): string {
  const rows = Object.entries(queues).map(([kind, queue]) => [
    kind,
    String(queue.waiting),
    formatCount({ count: queue.due, isMore: queue["due_is_more"] }),
    formatTimestamp(queue["oldest_due_at"]),
  ]);
  return formatTable([["QUEUE", "WAITING", "DUE NOW", "FIRST DUE"], ...rows]);
}

function describeUpstreams({ upstreams }: Status): string {
  const rows = Object.entries(upstreams).map(([name, upstream]) => {
    const last = upstream["last_failure"];
    return [
      name,
      String(upstream["failures_last_hours"]),
      String(upstream["failures_last_day"]),
      last === null ? "-" : `${formatTimestamp(last.at)} ${last.reason} ${last.status ?? ""}`,
    ];
  });
  return formatTable([["UPSTREAM", "FAILURES 2 H", "24 H", "LAST FAILURE"], ...rows]);
}

function describeCounts({ last_hours: lastHours, last_day: lastDay }: Status): string {
  const rows = COUNTS.map((name) => [name, String(lastHours[name]), String(lastDay[name])]);
  return formatTable([["COUNT", "2 H", "24 H"], ...rows]);
}

function describeSweep(
  { sweep: { state, last, due_at: dueAt, never_started: missing } }: Status,
): string {
  const row = [
    state.replace("_", " "),
    formatTimestamp(last?.["ended_at"] ?? null),
    String(last?.counts["looked_at"] ?? "-"),
    String(last?.counts.differing ?? "-"),
    String(missing),
    formatTimestamp(dueAt),
  ];
  const header = ["SWEEP", "LAST ENDED", "IDENTITIES", "DIFFERING", "NEVER STARTED", "NEXT"];
  return formatTable([header, row]);
}
