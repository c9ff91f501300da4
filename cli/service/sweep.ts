// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import { RequestedSweepAnswer, SweepAnswer } from "../../lib/operator/answers.ts";
import { type Command, CommandError, type Result, type Tools } from "../frame/command.ts";
import { drawBar } from "../frame/output.ts";
import { retry } from "../frame/retry.ts";
import { CHANGE_FLAGS, createServiceClient } from "./client.ts";
import { formatFacts } from "./table.ts";

type Sweep = z.output<typeof SweepAnswer>;
type Report = NonNullable<Sweep["last"]>;

const POLL_MS = 1_000;

/** `operator sweep`. */
export const sweep: Command = {
  name: "sweep",
  summary: "Compares all identities in Ory with our records, and repairs them",
  about: `The service does this by itself every SWEEP_EVERY_HOURS. This command begins a sweep now
and waits for its end. You can interrupt the command: the service goes on.

With --dry-run nothing is repaired and nobody is started: it only counts.

If more than 5 % of the first 1,000 identities differ, the sweep stops and repairs nothing, because
then our records may be wrong: KV may have been put back to an older copy. Look at some of these
identities with verification show. Then --yes repairs all of them.

NEVER STARTED are people who registered while the service was down or before it was installed. The
sweep starts those who registered after START_MISSING_SINCE.

Exit code 3 if you need to act: the sweep stopped, or there are people who were never started, or
identities that could not be read.`,
  flags: {
    ...CHANGE_FLAGS,
    "dry-run": { summary: "Only compare and count" },
    yes: { summary: "Repair any number of identities, also after a sweep that stopped" },
  },
  async run(args, tools) {
    const isDryRun = args.has("dry-run");
    const client = await createServiceClient(args, tools, { changesNothing: isDryRun });
    const body = { "dry_run": isDryRun, "confirmed": args.has("yes") };
    const requested = await client.change("sweep", { schema: RequestedSweepAnswer, body });
    if (requested.outcome === "stopped") return showStopped(requested.sweep);
    let current = requested.sweep;
    // A sweep that was under way before may be of the other kind.
    const isOfDryRun = requested.outcome === "under_way"
      ? current.progress?.["dry_run"] ?? false
      : isDryRun;
    while (current.state === "under_way") {
      showProgress(current, tools);
      await tools.delay(POLL_MS);
      current = await retry(() => client.read("sweep", { schema: SweepAnswer }), tools);
    }
    const report = isOfDryRun ? current["last_dry_run"] : current.last;
    if (report === null) throw new CommandError("The sweep did not end");
    const notes = requested.outcome === "under_way"
      ? ["A sweep was under way already. This is its result"]
      : [];
    return { ...showReport(report, { isDryRun: isOfDryRun }), notes };
  },
};

/** Nobody knows how many identities there are, so the bar compares with the sweep before. */
function showProgress(
  { progress, last }: Sweep,
  { progress: show }: Pick<Tools, "progress">,
): void {
  if (progress === null) return;
  const { looked_at: lookedAt, differing, published, adopting } = progress.counts;
  const done = published + adopting;
  const counted = `${lookedAt} identities, ${differing} differ, ${done} repaired`;
  const total = last?.counts["looked_at"] ?? 0;
  if (total === 0) return show(counted);
  show(`${drawBar(lookedAt / total)} ${counted}`);
}

function showStopped(current: Sweep): Result {
  const differing = current.last?.counts.differing ?? 0;
  return {
    exitCode: 3,
    text: `The last sweep stopped, because ${differing} identities differ. Nothing was done.\n`,
    data: current,
    notes: ["To count all differences, use --dry-run. To repair them, use --yes"],
  };
}

function showReport(report: Report, { isDryRun }: { isDryRun: boolean }): Result {
  const { counts, end } = report;
  const { differing, failed, never_started: neverStarted } = counts;
  const facts = formatFacts([
    ["IDENTITIES", String(counts["looked_at"])],
    ["DIFFERING", String(differing)],
    ["PUBLISHED", String(counts.published)],
    ["ADOPTING", String(counts.adopting)],
    ["NOT READ", String(failed)],
    ["NEVER STARTED", String(neverStarted)],
    [isDryRun ? "TO START" : "STARTED", String(counts.started)],
  ]);
  const stopped = "The sweep stopped: too many identities differ. Nothing was repaired.\n";
  const text = end === "stopped"
    ? stopped
    : isDryRun
    ? "Dry run: nothing was changed.\n"
    : "The sweep has finished.\n";
  const listed = report["never_started_ids"].map((id) => `${id}\n`).join("");
  return {
    exitCode: end === "stopped" || failed > 0 || neverStarted > 0 ? 3 : 0,
    text: `${text}${facts}${listed === "" ? "" : `\nNever started:\n${listed}`}`,
    data: report,
  };
}
