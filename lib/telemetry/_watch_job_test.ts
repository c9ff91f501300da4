// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitRequest } from "../../tests/support/jobs.ts";
import { createMemoryStore, createTestLog } from "../../tests/support/memory_store.ts";
import { createFakeOpenTelemetry, type FakePoint } from "../../tests/support/telemetry.ts";
import { createJob, EXECUTION_ID, NOW } from "../../tests/support/verification_rows.ts";
import type { JobEnd } from "../jobs/result.ts";
import { bindHandler, createJobRunner } from "../jobs/runner.ts";
import type { Log, LogFields, LogLevel } from "../log.ts";
import { UpstreamError } from "../upstream/error.ts";
import { CHECK, START } from "../verification/job_kinds.ts";
import { describeJobFailure } from "../verification/work/failure.ts";
import { createOpenTelemetry } from "./open_telemetry.ts";

const TRACE = `00-${"1".repeat(32)}-${"2".repeat(16)}-01`;
const DATA = { accountId: "a", isCalledBack: true, pollAfterMs: 0 };

async function watch(end: JobEnd): Promise<{
  points: FakePoint[];
  telemetry: ReturnType<typeof createFakeOpenTelemetry>;
  trace: string | undefined;
}> {
  const telemetry = createFakeOpenTelemetry();
  const { watchJob } = createOpenTelemetry({ ...telemetry, now: () => 0, monotonic: () => 0 });
  const job = createJob(CHECK, { id: EXECUTION_ID, data: DATA, trace: TRACE, lastRunAt: NOW });
  let trace: string | undefined;
  await watchJob({ kind: CHECK, job }, (span) => {
    ({ trace } = span);
    span.linkTo(TRACE.replaceAll("2", "3"));
    return Promise.resolve(end);
  });
  const points = telemetry.points.filter(([name]) => name !== "jumio_bridge.job.duration");
  return { points, telemetry, trace };
}

Deno.test("watchJob() links its span to the request of the job, and to what the handler names", async () => {
  const { telemetry: { spans: [span] }, trace } = await watch({ outcome: "applied" });

  assert.deepEqual(span?.links.map(({ spanId }) => spanId), ["2".repeat(16), "3".repeat(16)]);
  assert.equal(span?.attributes["jumio_bridge.workflow_execution_id"], EXECUTION_ID);
  assert.equal(trace?.split("-")[2], span?.context.spanId);
});

Deno.test("watchJob() counts the verdict that the handler reports", async () => {
  const decided = { verdict: "PASSED", status: "verified" };

  const settled = { isPolled: false, decided, isOverturned: false };
  const { points } = await watch({ outcome: "applied", settled });

  assert.deepEqual(points, [["jumio_bridge.verdicts", 1, decided]]);
});

Deno.test("watchJob() counts an execution that a poll settled, also where it changed nothing", async () => {
  const decided = { verdict: "PASSED", status: "verified" };

  const settled = { isPolled: true, decided, isOverturned: false };
  const { points } = await watch({ outcome: "superseded", settled });

  assert.deepEqual(points, [
    ["jumio_bridge.reconciled", 1, { outcome: "superseded" }],
    ["jumio_bridge.verdicts", 1, decided],
  ]);
});

Deno.test("watchJob() counts a person who was verified and is rejected now", async () => {
  const decided = { verdict: "FAILED", status: "rejected" };

  const settled = { isPolled: false, decided, isOverturned: true };
  const { points } = await watch({ outcome: "applied", settled });

  assert.deepEqual(points[1], ["jumio_bridge.rejected_after_verified", 1, undefined]);
});

Deno.test("watchJob() counts a dead letter by its reason, and marks the span as failed", async () => {
  const end = { outcome: "dead_lettered", reason: "jumio_status" } as const;

  const { points, telemetry: { spans: [span] } } = await watch(end);

  assert.deepEqual(points, [
    ["jumio_bridge.dead_lettered", 1, { kind: "check", reason: "jumio_status" }],
  ]);
  assert.equal(span?.status, 2);
});

/** The points of a job that fails and one that is done, with a log whose lines are changed. */
async function runWithLog(change: (fields: LogFields) => LogFields): Promise<readonly string[]> {
  await using store = createMemoryStore();
  const telemetry = createFakeOpenTelemetry();
  const { watchJob } = createOpenTelemetry({ ...telemetry, now: () => 0, monotonic: () => 0 });
  const { log } = createTestLog();
  const level = (name: LogLevel): Log["info"] => (message, fields = {}) =>
    log[name](message, change(fields));
  const changed: Log = {
    debug: level("debug"),
    info: level("info"),
    warn: level("warn"),
    error: level("error"),
    with: () => changed,
  };
  const error = new UpstreamError("jumio", "network", { action: "read" });
  const jobs = createJobRunner({
    handlers: [
      bindHandler(START, { handle: () => Promise.reject(error) }),
      bindHandler(CHECK, {
        handle: () => Promise.resolve({ kind: "dead", reason: "read_back_mismatch" }),
      }),
    ],
    store,
    now: () => NOW,
    random: () => 0.5,
    log: changed,
    describeFailure: describeJobFailure,
    watch: watchJob,
  });
  await commitRequest(store, { kind: START, id: "a", data: {}, dueAt: NOW, now: NOW });
  await commitRequest(store, { kind: CHECK, id: "b", data: DATA, dueAt: NOW, now: NOW });
  await jobs.drain();
  await jobs.stop();
  // Both kinds run at the same time, so their order is by chance.
  return telemetry.points.map((point) => JSON.stringify(point)).toSorted();
}

Deno.test("the metrics of jobs do not change when the fields of their log lines are renamed", async () => {
  const points = await runWithLog((fields) => fields);

  const renamed = await runWithLog(({ outcome, reason, ...fields }) => ({
    ...fields,
    result: outcome,
    cause: reason,
  }));

  assert.deepEqual(renamed, points);
  assert(points.join().includes("jumio_bridge.dead_lettered"));
});
