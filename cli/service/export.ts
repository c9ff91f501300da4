// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import { TimelinesAnswer } from "../../lib/operator/bulk_answers.ts";
import { type Command, CommandError } from "../frame/command.ts";
import { drawBar } from "../frame/output.ts";
import { retry } from "../frame/retry.ts";
import { createServiceReader } from "./client.ts";
import { SERVICE_FLAGS } from "./flags.ts";
import { parseTimeRange } from "./time_flag.ts";
import { parseCursor } from "./values.ts";

type Page = z.output<typeof TimelinesAnswer>;

/** Events on a page. No more are in memory at once. */
const PAGE_SIZE = "500";

/** `operator export`. */
export const exportTimelines: Command = {
  name: "export",
  summary: "Prints the timelines of all people, for an auditor",
  about: `Prints one event on each line, as JSON: whose timeline it is in (subject_id), when it was
(at), what it was (event), and its details. An operator's action also has action, by and secret_id.
The timelines follow each other in the order of their ids, and the events of each in the order of
time. It has the same events as "verification timeline". An erased person has one event: who erased
them. Actions on the whole service have the subject_id identities (sweeps), starts or exports. The
export itself is recorded.

The program holds one page in memory, so the size does not matter. On a terminal it shows a bar. If
it cannot go on, the exit code is 1, and it says how to go on after what was printed.

Example: deno task -q operator export --since 90d > events.jsonl
Example: deno task -q operator export | jq -c 'select(.event == "operator")'`,
  flags: {
    ...SERVICE_FLAGS,
    since: { value: "TIME", summary: "Events of this time or later: a date, or 30m, 2h, 7d ago" },
    until: { value: "TIME", summary: "Events before this time" },
    cursor: { value: "CURSOR", summary: "Go on from here, as an export that failed has said" },
  },
  async run(args, tools) {
    const range = parseTimeRange(args, tools);
    let cursor = parseCursor(args, "timelines");
    const service = await createServiceReader(args, tools);
    let printed = 0;
    do {
      const query = { ...range, cursor, limit: PAGE_SIZE };
      const schema = TimelinesAnswer;
      const page: Page = await retry(() => service.read("timelines", { schema, query }), tools)
        .catch((error: unknown) => {
          throw addCursor(error, cursor);
        });
      tools.print(page.events.map(formatLine).join(""));
      printed += page.events.length;
      cursor = page["next_cursor"] ?? undefined;
      tools.progress(`${drawBar(measureProgress(cursor))} ${countOf(printed)}`);
    } while (cursor !== undefined);
    return { exitCode: 0, text: "", data: undefined, notes: [`Exported: ${countOf(printed)}`] };
  },
};

function countOf(events: number): string {
  return events === 1 ? "1 event" : `${events} events`;
}

function formatLine({ "subject_id": subjectId, ...event }: Page["events"][number]): string {
  return `${JSON.stringify({ "subject_id": subjectId, ...event })}\n`;
}

/** An auditor must not take a part for the whole. */
function addCursor(error: unknown, cursor: string | undefined): unknown {
  if (!(error instanceof CommandError) || cursor === undefined) return error;
  const advice =
    `The export is not complete. To go on after what was printed: --cursor "${cursor}"`;
  return new CommandError(`${error.message}\n${advice}`, { cause: error });
}

/**
 * Nobody counts timelines. But they come in the order of their ids, which are random numbers: so the
 * first digits of the last id say how much is done, from 0 to 1.
 */
function measureProgress(cursor: string | undefined): number {
  const digits = /^[0-9a-f]{8}/i.exec(cursor ?? "")?.[0];
  return digits === undefined ? 1 : parseInt(digits, 16) / 2 ** 32;
}
