// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Breaker } from "./breaker.ts";
import type { DeadLetter } from "./dead_letters.ts";
import { dueKey } from "./due.ts";
import type { Failing } from "./failing.ts";
import { type Job, jobCountKey } from "./job.ts";
import type { JobKind } from "./kind.ts";
import type { Pause } from "./pause.ts";
import type { Turn } from "./rate_limit.ts";
import type { StoredRequest } from "./stored_request.ts";
import { createSumSchema, type RowSchema, type RowSchemas } from "../kv/parsed_store.ts";

const createPauseSchema = (): z.ZodType<Pause> =>
  z.object({
    v: z.literal(1),
    pausedAt: z.number(),
    reason: z.string(),
  });

const createBreakerSchema = (): z.ZodType<Breaker> =>
  z.object({
    v: z.literal(1),
    failed: z.array(z.boolean()),
    openedAt: z.number().nullable(),
    nextProbeAt: z.number(),
  });

const createFailingSchema = (): z.ZodType<Failing> =>
  z.object({
    since: z.number(),
    reason: z.string(),
    status: z.number().nullable(),
  });

/** What this folder stores for jobs of these kinds. */
export function createJobRowSchemas(kinds: readonly JobKind[]): RowSchemas {
  return {
    ...Object.fromEntries(kinds.flatMap((kind) => [
      [`job/${kind.name}`, createJobRows(kind)],
      [`due/${kind.name}`, createDueRows(kind)],
    ])),
    "job_count": { value: createSumSchema },
    "failing_job": {
      key: () => z.tuple([z.literal("failing_job"), z.string(), z.number(), z.string()]),
      value: createFailingSchema,
    },
    "dead_letter": {
      key: () => z.tuple([z.literal("dead_letter"), z.string(), z.string()]),
      value: () => z.union(kinds.map(createDeadLetterSchema)),
    },
    "pause": { value: createPauseSchema },
    "breaker": { value: createBreakerSchema },
    "rate_limit": {
      value: () => z.object({ v: z.literal(1), id: z.string() }) satisfies z.ZodType<Turn>,
    },
  };
}

function createJobRows(kind: JobKind): RowSchema {
  const value = (): z.ZodType<Job> =>
    z.object({
      v: z.literal(1),
      kind: z.literal(kind.name),
      id: z.string(),
      data: kind.data(),
      dueAt: z.number(),
      leaseId: z.string().nullable(),
      isNudged: z.boolean(),
      failures: z.number(),
      lastingFailures: z.number(),
      firstFailedAt: z.number().nullable(),
      failing: createFailingSchema().nullable(),
      lastRunAt: z.number().nullable(),
      createdAt: z.number(),
      trace: z.exactOptional(z.string()),
    });
  return {
    value,
    replace: (key) => ({ deletes: [key], sums: [{ key: jobCountKey(kind), amount: -1 }] }),
  };
}

function createDueRows(kind: JobKind): RowSchema {
  const key = () => [z.literal("due"), z.literal(kind.name), z.number(), z.string()] as const;
  const request = (): z.ZodType<StoredRequest> =>
    z.object({
      v: z.literal(1),
      data: z.exactOptional(kind.data()),
      trace: z.exactOptional(z.string()),
    });
  return {
    key: () => z.union([z.tuple(key()), z.tuple([...key(), z.string()])]),
    value: () => request().nullable(),
    replace(bad) {
      const [, , dueAt, id, suffix] = bad;
      // A job's own row, which has no value: without it the job would never run.
      const isOwn = typeof dueAt === "number" && typeof id === "string" && suffix === undefined;
      return isOwn
        ? { sets: [{ key: dueKey(kind, { id, dueAt }), value: null }] }
        : { deletes: [bad] };
    },
  };
}

function createDeadLetterSchema(kind: JobKind): z.ZodType<DeadLetter> {
  return z.object({
    v: z.literal(1),
    kind: z.literal(kind.name),
    id: z.string(),
    data: kind.data(),
    reason: z.string(),
    status: z.exactOptional(z.number()),
    failures: z.number(),
    deadAt: z.number(),
  });
}
