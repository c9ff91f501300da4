// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { JOB_KIND_NAMES } from "../verification/job_kinds.ts";

/** The values that the operator's API and its program accept. */
export { JOB_KIND_NAMES, SWEEP_ID } from "../verification/job_kinds.ts";
export { VERIFICATION_STATUSES } from "../verification/verdict.ts";

/** The id of an identity, or of a workflow execution. */
export const RecordId = z.guid().toLowerCase();

/** The places in lists, as their answers name them in `next_cursor`. */
export const CURSORS = {
  verifications: /^\d{1,16}\.[0-9a-f-]{36}$/i,
  timeline: /^\d{1,16}\.[\w ]{1,64}$/,
  timelines: /^[\w-]{1,64}\/(?:\d{1,16}\.[\w ]{1,64})?$/,
  deadLetters: new RegExp(`^(?:${JOB_KIND_NAMES.join("|")})/[\\w-]{1,64}$`),
} as const;
