import assert from "node:assert/strict";
import { createFakeOpenTelemetry, type FakePoint } from "../../tests/support/telemetry.ts";
import { createJob, EXECUTION_ID, NOW } from "../../tests/support/verification_rows.ts";
import type { JobEnd } from "../jobs/result.ts";
import { CHECK } from "../verification/job_kinds.ts";
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

  const { points } = await watch({ outcome: "applied", settled: { isPolled: false, decided } });

  assert.deepEqual(points, [["jumio_bridge.verdicts", 1, decided]]);
});

Deno.test("watchJob() counts an execution that a poll settled, with and without a verdict", async () => {
  const { points } = await watch({ outcome: "superseded", settled: { isPolled: true } });

  assert.deepEqual(points, [["jumio_bridge.reconciled", 1, { outcome: "superseded" }]]);
});

Deno.test("watchJob() counts a dead letter by its reason, and marks the span as failed", async () => {
  const end = { outcome: "dead_lettered", reason: "jumio_status" } as const;

  const { points, telemetry: { spans: [span] } } = await watch(end);

  assert.deepEqual(points, [
    ["jumio_bridge.dead_lettered", 1, { kind: "check", reason: "jumio_status" }],
  ]);
  assert.equal(span?.status, 2);
});
