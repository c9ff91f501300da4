// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { CallbackRecord } from "./callbacks.ts";
import { EVENT_KINDS, type TimelineEvent } from "./timeline.ts";
import type { UpstreamFailure } from "./upstream_failures.ts";
import { type RowSchemas, SUM } from "../kv/parsed_store.ts";

const EVENT = (): z.ZodType<TimelineEvent> =>
  z.object({
    v: z.literal(1),
    at: z.number(),
    event: z.enum(EVENT_KINDS),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  });

const CALLBACK = (): z.ZodType<CallbackRecord> =>
  z.object({
    v: z.literal(1),
    sentAt: z.string().nullable(),
    receivedAt: z.number(),
  });

const FAILURE = (): z.ZodType<UpstreamFailure> =>
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
    value: EVENT,
  },
  "callback": {
    key: () => z.tuple([z.literal("callback"), z.string(), z.string()]),
    value: CALLBACK,
  },
  "count": { key: () => z.tuple([z.literal("count"), z.number(), z.string()]), value: SUM },
  "upstream_failure": { value: FAILURE },
};
