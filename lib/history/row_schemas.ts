// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { CallbackRecord } from "./callbacks.ts";
import { EVENT_KINDS, type TimelineEvent } from "./timeline.ts";
import type { UpstreamFailure } from "./upstream_failures.ts";
import { createSumSchema, type RowSchemas } from "../kv/parsed_store.ts";

const createEventSchema = (): z.ZodType<TimelineEvent> =>
  z.object({
    v: z.literal(1),
    at: z.number(),
    event: z.enum(EVENT_KINDS),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  });

const createCallbackSchema = (): z.ZodType<CallbackRecord> =>
  z.object({
    v: z.literal(1),
    sentAt: z.string().nullable(),
    receivedAt: z.number(),
  });

const createFailureSchema = (): z.ZodType<UpstreamFailure> =>
  z.object({
    v: z.literal(1),
    at: z.number(),
    reason: z.string(),
    status: z.number().nullable(),
  });

/** The schemas of the rows of this folder. */
export const HISTORY_ROWS: RowSchemas = {
  "timeline": {
    key: () => z.tuple([z.literal("timeline"), z.string(), z.number(), z.string()]),
    value: createEventSchema,
  },
  "callback": {
    key: () => z.tuple([z.literal("callback"), z.string(), z.string()]),
    value: createCallbackSchema,
  },
  "count": {
    key: () => z.tuple([z.literal("count"), z.number(), z.string()]),
    value: createSumSchema,
  },
  "upstream_failure": { value: createFailureSchema },
};
