// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { EventAnswer } from "./answers.ts";

/**
 * The answers of the operator API that are about many records, one page at a time.
 *
 * @module
 */

const Count = z.int().min(0);

/** One page of dead letters that were replayed or discarded. */
export const ClosedLettersAnswer = z.object({
  "closed": Count,
  /** They stay, because they must not be replayed unless somebody names their reason. */
  "left": Count,
  "next_cursor": z.nullable(z.string()),
});

/** A page of all timelines. */
export const TimelinesAnswer = z.object({
  "events": z.array(EventAnswer.extend({
    /** The identity; or an execution of nobody, or what an action on the service is recorded under. */
    "subject_id": z.string(),
  })),
  "next_cursor": z.nullable(z.string()),
});
