// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { JobResult } from "../../lib/jobs/result.ts";
import type { Jumio } from "../../lib/jumio/client.ts";
import type { JumioMetadata } from "../../lib/kratos/metadata.ts";
import type { Store } from "../../lib/kv/store.ts";
import { START, type StartData } from "../../lib/verification/job_kinds.ts";
import { type CreateCalls, createCallsKey } from "../../lib/verification/create_calls.ts";
import { handleStart } from "../../lib/verification/work/start.ts";
import { createTestLog } from "./memory_store.ts";
import {
  ACCOUNT_ID,
  createJob,
  createTestSpan,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
} from "./verification_rows.ts";

type StartOptions = Parameters<typeof handleStart>[2];

/** What a create call results in. */
export const STARTED = {
  accountId: ACCOUNT_ID,
  workflowExecutionId: EXECUTION_ID,
  href: "https://j/1",
};

type Start = Parameters<Jumio["startWorkflow"]>[0];

/** A Jumio that starts what it is asked to, and remembers it. */
export function createJumio(
  { start = () => Promise.resolve(STARTED), status = "INITIATED" }: {
    start?: () => ReturnType<Jumio["startWorkflow"]>;
    status?: string;
  } = {},
): StartOptions["jumio"] & { readonly starts: Start[] } {
  const starts: Start[] = [];
  return {
    starts,
    startWorkflow: (options) => (starts.push(options), start()),
    retrieveStatus: () => Promise.resolve(status),
  };
}

interface StartWorld {
  readonly jumio?: StartOptions["jumio"];
  /** What the identity says. Undefined if Ory does not know it. */
  readonly found?: JumioMetadata | null | undefined;
  /** Happens while Ory is asked for the identity. */
  readonly meanwhile?: () => Promise<unknown>;
  readonly data?: StartData;
  readonly failures?: number;
  readonly publicUrl?: string | undefined;
  readonly now?: number;
}

/** Runs the handler of a start. */
export async function runStart(
  store: Store,
  options: StartWorld = {},
): Promise<JobResult<StartData>> {
  const { jumio = createJumio(), data = {}, failures = 0, now = NOW, meanwhile } = options;
  const { publicUrl } = { publicUrl: "https://kyc.example.com", ...options };
  const found = "found" in options ? options.found : null;
  return await handleStart(
    createJob(START, { id: IDENTITY_ID, data, failures }),
    createTestSpan("trace"),
    {
      store,
      jumio,
      kratos: { getJumioMetadata: async () => (await meanwhile?.(), found) },
      now: () => now,
      log: createTestLog().log,
      reconcileAfterMs: 600_000,
      maxExecutions: 20,
      publicUrl,
    },
  );
}

/** Commits what a run wants to write, as the runner does. */
export async function commitStart(store: Store, result: JobResult<StartData>): Promise<void> {
  assert(result.kind === "done");
  assert(await store.commit(await result.buildWrite?.() ?? result.write ?? {}));
}

/** Reads the create calls that count for the person. */
export async function readCalls(store: Store): Promise<CreateCalls | null> {
  return (await store.get<CreateCalls>(createCallsKey(IDENTITY_ID))).value;
}

/** Stores create calls that were made at NOW and after it. */
export async function storeCalls(
  store: Store,
  count: number,
  probedAt: number | null = null,
): Promise<void> {
  const calls = Array.from({ length: count }, (_, index) => ({ at: NOW + index, tokenHash: null }));
  await store.commit({
    sets: [{ key: createCallsKey(IDENTITY_ID), value: { v: 1, calls, probedAt } }],
  });
}

/** What a start that waits says. */
export function describeHold(
  result: JobResult,
): { reason: string; inMs: number; extendsSchedule: boolean } {
  assert(result.kind === "wait");
  const { reason, dueAt, extendsSchedule } = result;
  return { reason, inMs: dueAt - NOW, extendsSchedule };
}
