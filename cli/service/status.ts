import type * as z from "zod";
import { StatusAnswer } from "../../lib/operator/answers.ts";
import {
  describeDeadLetters,
  describeHeldStarts,
  describeNeverStarted,
  EVENTS_PAUSED,
  formatCount,
  isOverdue,
} from "../../lib/operator/format.ts";
import type { Command, Paint } from "../frame/command.ts";
import { createServiceClient } from "./client.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { formatTable, formatTimestamp } from "./table.ts";

type Status = z.output<typeof StatusAnswer>;

const COUNTS = ["starts", "verified", "review", "rejected", "expired", "inconclusive"] as const;

/** `operator status`. */
export const status: Command = {
  name: "status",
  summary: "Shows queues, failures and counts, and whether you need to act",
  about: `Asks the running service. Exit code 1 if you need to act: there are dead letters, or jobs
have been due for more than five minutes, or starts are paused or fail, or your application wants no
more events, or the sweep stopped, or it found people who registered and were never started.

WAITING is the number of jobs in a queue. Most waiting checks are polls for people who have not
finished yet. A waiting notify job is an event that your application has not accepted. DUE NOW is
counted up to 1000; a plus means more. FIRST DUE is when the next job of the queue is due. 2 H is
the current hour and the full hour before it.`,
  flags: SERVICE_FLAGS,
  async run(args, tools) {
    const client = await createServiceClient(args, tools);
    const data = await client.read("status", { schema: StatusAnswer });
    const { text, needsAction } = describeState(data, { now: tools.now(), paint: tools.paint });
    const tables = [
      ...describeHeld(data),
      describeQueues(data),
      describeUpstreams(data),
      describeCounts(data),
      describeSweep(data),
    ];
    return {
      exitCode: needsAction ? 1 : 0,
      text: [`${tools.paint.strong(text)}\n`, ...tables].join("\n"),
      data,
    };
  },
};

function describeState(
  { queues, starts, sweep, dead_letters: { count, is_more: isMore }, ...status }: Status,
  { now, paint }: { now: number; paint: Paint },
): { text: string; needsAction: boolean } {
  if (count > 0) {
    return { text: paint.bad(describeDeadLetters({ count, isMore })), needsAction: true };
  }
  const held = describeHeldStarts({
    isPaused: starts["paused_at"] !== null,
    isBreakerOpen: starts["breaker_opened_at"] !== null,
  });
  if (held !== undefined) return { text: paint.bad(held), needsAction: true };
  const pausedAt = status["events_paused_at"];
  if (pausedAt !== null) {
    const text = `${EVENTS_PAUSED} since ${formatTimestamp(pausedAt)} UTC (events resume)`;
    return { text: paint.bad(text), needsAction: true };
  }
  const overdue = Object.entries(queues).filter(([, queue]) => {
    const oldest = queue["oldest_due_at"];
    return isOverdue(oldest === null ? undefined : Date.parse(oldest), now);
  }).map(([kind]) => kind);
  if (overdue.length > 0) {
    return { text: paint.bad(`Work is overdue: ${overdue.join(", ")}`), needsAction: true };
  }
  if (sweep.state === "stopped") {
    const text = "The sweep stopped: too many identities differ from our records";
    return { text: paint.bad(text), needsAction: true };
  }
  if (sweep["never_started"] > 0) {
    return { text: paint.bad(describeNeverStarted(sweep["never_started"])), needsAction: true };
  }
  return { text: paint.good("Nothing needs you"), needsAction: false };
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
