// SPDX-License-Identifier: Apache-2.0
import type { Attributes, Tracer } from "@opentelemetry/api";
import type { Instruments } from "./_instruments.ts";
import { formatTrace, linksTo } from "./_trace.ts";
import type { Job } from "../jobs/job.ts";
import type { JobKind } from "../jobs/kind.ts";
import type { JobEnd } from "../jobs/result.ts";
import type { JobSpan, WatchJob } from "../jobs/run_job.ts";

/** The span attribute of what a job's id names. */
const ID_ATTRIBUTES = {
  identityId: "jumio_bridge.identity_id",
  workflowExecutionId: "jumio_bridge.workflow_execution_id",
  sweep: "jumio_bridge.sweep",
  eventId: "jumio_bridge.event_id",
} as const satisfies Readonly<Record<JobKind["idField"], string>>;

/** Creates a span of its own for each run: the request that woke the runner is not its parent. */
export function createJobWatch(
  { tracer, errorCode, instruments, monotonic }: {
    tracer: Tracer;
    errorCode: number;
    instruments: Instruments;
    monotonic: () => number;
  },
): WatchJob {
  return async ({ kind, job }, run) => {
    const options = {
      root: true,
      links: linksTo(job.trace),
      attributes: describeJob(kind, job),
    };
    await tracer.startActiveSpan(`job ${kind.name}`, options, async (span) => {
      const startedAt = monotonic();
      const jobSpan: JobSpan = {
        trace: formatTrace(span.spanContext()),
        linkTo: (trace) => span.addLinks(linksTo(trace)),
      };
      try {
        const end = await run(jobSpan);
        const { outcome, reason } = end;
        span.setAttribute("jumio_bridge.outcome", outcome);
        if (reason !== undefined) span.setAttribute("jumio_bridge.reason", reason);
        const isError = outcome === "dead_lettered" || outcome === "failed";
        if (isError) span.setStatus({ code: errorCode });
        const seconds = (monotonic() - startedAt) / 1000;
        instruments.recordJob(seconds, { kind: kind.name, outcome });
        countEnd(kind, end, instruments);
      } finally {
        span.end();
      }
    });
  };
}

/** Counts what the handler reports, never what it wrote or logged. */
function countEnd(
  { name: kind }: JobKind,
  { outcome, reason = "unknown", settled }: JobEnd,
  instruments: Instruments,
): void {
  if (outcome === "dead_lettered") instruments.countDeadLetter({ kind, reason });
  if (outcome === "wait") instruments.countHeld({ kind, reason });
  if (settled?.isPolled) instruments.countReconciled({ outcome });
  if (settled !== undefined) instruments.countVerdict({ ...settled.decided });
  if (settled?.isOverturned) instruments.countRejectedAfterVerified();
}

function describeJob({ name, idField }: JobKind, { id, failures }: Job): Attributes {
  return {
    "jumio_bridge.job": name,
    "jumio_bridge.attempt": failures + 1,
    [ID_ATTRIBUTES[idField]]: id,
  };
}
