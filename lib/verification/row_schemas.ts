// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { CallbackToken } from "./callback_token.ts";
import type { CreateCalls } from "./create_calls.ts";
import type { Execution, ExecutionLink, Settlement } from "./executions.ts";
import type { PausedStarts } from "./held_starts.ts";
import { createSweepCountsSchema } from "./job_data.ts";
import { JOB_KINDS } from "./job_kinds.ts";
import { type Tombstone, tombstoneKey, type Verification } from "./rows.ts";
import type { SweepReport } from "./sweep.ts";
import { VERDICTS, VERIFICATION_DETAILS, VERIFICATION_STATUSES } from "./verdict.ts";
import { createJobRowSchemas } from "../jobs/row_schemas.ts";
import type { RowSchemas } from "../kv/parsed_store.ts";

const createVerificationSchema = (): z.ZodType<Verification> =>
  z.object({
    v: z.literal(1),
    identityId: z.string(),
    status: z.enum(VERIFICATION_STATUSES),
    verdict: z.enum(VERDICTS).nullable(),
    detail: z.enum(VERIFICATION_DETAILS).nullable(),
    accountId: z.string().nullable(),
    workflowExecutionId: z.string().nullable(),
    acceptedAt: z.number(),
    initiatedAt: z.number().nullable(),
    round: z.number(),
    roundBeganAt: z.number(),
    isRestarting: z.boolean(),
    executionCount: z.number(),
    executionsAllowed: z.number().nullable(),
    decidedAt: z.number().nullable(),
    validUntil: z.number().nullable(),
    sequence: z.number(),
    changedAt: z.exactOptional(z.number()),
    goneAt: z.number().nullable(),
  });

const createTombstoneSchema = (): z.ZodType<Tombstone> =>
  z.object({
    v: z.literal(1),
    requestedAt: z.number(),
    by: z.string(),
    secretId: z.string(),
    erasedAt: z.number().nullable(),
    sequence: z.number(),
  });

const createSettlementSchema = () =>
  z.object({
    at: z.number(),
    outcome: z.enum(["applied", "superseded", "ignored", "erased"]),
    conclusion: z.enum(["decided", "expired", "inconclusive", "unfinished"]).nullable(),
    verdict: z.enum(VERDICTS).nullable(),
  }) satisfies z.ZodType<Settlement>;

const createExecutionSchema = (): z.ZodType<Execution> =>
  z.object({
    v: z.literal(1),
    identityId: z.string().nullable(),
    accountId: z.string(),
    callbackTokenHash: z.string().nullable(),
    createdAt: z.number(),
    round: z.number().nullable(),
    openedAt: z.exactOptional(z.number().nullable()),
    isUnconfirmed: z.exactOptional(z.literal(true)),
    trace: z.exactOptional(z.string()),
    settled: createSettlementSchema().nullable(),
  });

const createExecutionLinkSchema = (): z.ZodType<ExecutionLink> =>
  z.object({
    v: z.literal(1),
    href: z.string(),
    expiresAt: z.number(),
  });

const createCallbackTokenSchema = (): z.ZodType<CallbackToken> =>
  z.object({
    v: z.literal(1),
    identityId: z.string(),
    workflowExecutionId: z.string().nullable(),
    expiresAt: z.number(),
    trace: z.exactOptional(z.string()),
  });

const createSweepReportSchema = (): z.ZodType<SweepReport> =>
  z.object({
    v: z.literal(1),
    startedAt: z.number(),
    endedAt: z.number(),
    end: z.enum(["finished", "stopped"]),
    requestedBy: z.string().nullable(),
    counts: createSweepCountsSchema(),
    neverStartedIds: z.array(z.string()),
  });

const createCreateCallsSchema = (): z.ZodType<CreateCalls> =>
  z.object({
    v: z.literal(1),
    calls: z.array(z.object({ at: z.number(), tokenHash: z.string().nullable() })),
    probedAt: z.number().nullable(),
  });

const createPausedStartsSchema = (): z.ZodType<PausedStarts> =>
  z.object({
    v: z.literal(1),
    at: z.number(),
    by: z.string(),
    secretId: z.string(),
  });

/** What is left of a pause that cannot be read: starts stay paused until an operator resumes them. */
const UNREADABLE_PAUSE: PausedStarts = { v: 1, at: 0, by: "unknown", secretId: "unknown" };

/** What is left of a tombstone that cannot be read: the identity stays erased. */
const UNREADABLE_TOMBSTONE: Tombstone = {
  v: 1,
  requestedAt: 0,
  by: "unknown",
  secretId: "unknown",
  erasedAt: null,
  sequence: 0,
};

/** The schemas of the rows of this folder and its jobs. */
export const VERIFICATION_ROWS: RowSchemas = {
  ...createJobRowSchemas(JOB_KINDS),
  "verification": { value: createVerificationSchema },
  "verification_by_status": {
    key: () => z.tuple([z.literal("verification_by_status"), z.string(), z.number(), z.string()]),
    value: () => z.null(),
  },
  "tombstone": {
    value: createTombstoneSchema,
    replace: ([, id]) => ({
      sets: [{ key: tombstoneKey(String(id)), value: UNREADABLE_TOMBSTONE }],
    }),
  },
  "create_calls": { value: createCreateCallsSchema },
  "paused": {
    value: createPausedStartsSchema,
    replace: (key) => ({ sets: [{ key, value: UNREADABLE_PAUSE }] }),
  },
  "restarts": { value: () => z.object({ v: z.literal(1), acceptedAt: z.array(z.number()) }) },
  "execution": { value: createExecutionSchema },
  "settled": { value: () => createSettlementSchema().extend({ v: z.literal(1) }) },
  "execution_link": { value: createExecutionLinkSchema },
  "identity_execution": {
    key: () => z.tuple([z.literal("identity_execution"), z.string(), z.number(), z.string()]),
    value: () => z.null(),
  },
  "callback_token": { value: createCallbackTokenSchema },
  "sweep": { value: createSweepReportSchema },
};
