// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { defineRoute } from "../../../lib/http/route.ts";
import { TimelinesAnswer } from "../../../lib/operator/bulk_answers.ts";
import { type ExportPlace, exportTimelines } from "../../../lib/operator/export_timelines.ts";
import { recordExport } from "../../../lib/operator/looks.ts";
import { CURSORS } from "../../../lib/operator/values.ts";
import { answersOf, answerWith, OPERATOR_SECRET } from "./_operator.ts";
import { showEvent } from "./_show.ts";

const Moment = z.iso.datetime({ offset: true });

const ExportQuery = z.object({
  since: z.optional(Moment).describe("Events of this time or later"),
  until: z.optional(Moment).describe("Events before this time"),
  limit: z.coerce.number().int().min(1).max(500).default(200).describe("At most this many events"),
  cursor: z.optional(z.string().regex(CURSORS.timelines))
    .describe("`next_cursor` of the page before"),
});

/** All timelines, for an auditor. A page can be empty although it has a `next_cursor`. */
export const operatorExportTimelines = defineRoute({
  method: "GET",
  path: "/operator/timelines",
  summary: "Shows a page of all timelines, one after the other",
  authentication: OPERATOR_SECRET,
  query: ExportQuery,
  answers: answersOf(TimelinesAnswer),
  async handle({ caller: reader, query: { since, until, limit, cursor } }, context: Context) {
    const { events, next } = await exportTimelines(context.store, {
      since: since === undefined ? undefined : Date.parse(since),
      until: until === undefined ? undefined : Date.parse(until),
      after: cursor === undefined ? undefined : parseCursor(cursor),
      limit,
    });
    await recordExport({ ...context, reader });
    return answerWith(TimelinesAnswer, {
      "events": events.map(({ subjectId, event }) => ({
        "subject_id": subjectId,
        ...showEvent(event),
      })),
      "next_cursor": next === undefined ? null : `${next.subjectId}/${next.cursor ?? ""}`,
    });
  },
});

function parseCursor(text: string): ExportPlace {
  const [subjectId = "", cursor = ""] = text.split("/");
  return { subjectId, cursor: cursor === "" ? null : cursor };
}
