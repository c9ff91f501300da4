import type * as OpenTelemetry from "@opentelemetry/api";
import type { Attributes, Link, Span } from "@opentelemetry/api";
import { UpstreamError } from "../upstream/error.ts";
import { createInstruments, type Instruments, observeQueue } from "./_instruments.ts";
import type { Job } from "../jobs/job.ts";
import type { Log, LogFields } from "../log.ts";
import type { Store } from "../kv/store.ts";
import type { Row } from "../kv/write.ts";
import type { JobEnd, Telemetry, WatchedRequest } from "./telemetry.ts";
import { isOfStart, markRows, parseTrace, readVerdict } from "./_traced_rows.ts";
import type { CallUpstream } from "../upstream/call.ts";

/** The name of our spans' and figures' scope. */
const SCOPE = "ory-jumio-bridge";

/** The part of `@opentelemetry/api` that is used. It is handed in, because it is loaded late. */
export type OpenTelemetryApi = Pick<typeof OpenTelemetry, "metrics" | "SpanStatusCode" | "trace">;

/** What the watchers share. */
interface Parts {
  readonly api: OpenTelemetryApi;
  readonly instruments: Instruments;
  readonly now: () => number;
  /** Which job a span is of. */
  readonly jobsOf: WeakMap<Span, string>;
}

/** Watches the service through Deno's own OpenTelemetry, which makes a span for each request. */
export function createOpenTelemetry(
  { api, now, monotonic }: {
    api: OpenTelemetryApi;
    now: () => number;
    /** Milliseconds of a clock that nobody sets back. */
    monotonic: () => number;
  },
): Telemetry {
  const meter = api.metrics.getMeter(SCOPE);
  const parts: Parts = {
    api,
    instruments: createInstruments(meter),
    now: monotonic,
    jobsOf: new WeakMap(),
  };
  return {
    watchRequest: (request) => watchRequest(request, parts),
    watchJob: (job, run) => watchJob(job, run, parts),
    watchUpstream: (call) => watchUpstream(call, parts),
    watchStore(store) {
      // What looks at the queue is not itself looked at.
      observeQueue(meter, { store, now });
      return watchStore(store, parts);
    },
  };
}

/** Names Deno's span of this request by its route, and lets the route's log lines tell the end. */
function watchRequest(
  { method, route, log }: { method: string; route: string; log: Log },
  { api, instruments }: Parts,
): WatchedRequest {
  const span = api.trace.getActiveSpan();
  span?.updateName(`${method} ${route}`);
  span?.setAttribute("http.route", route);
  const told: { outcome?: string; reason?: string } = {};

  function hear({ outcome, reason }: LogFields): void {
    if (typeof outcome === "string") told.outcome = outcome;
    if (typeof reason === "string") told.reason = reason;
  }

  return {
    log: overhear(log, hear),
    end({ status }) {
      const outcome = told.outcome ??
        (status >= 500 ? "failed" : status >= 400 ? "refused" : "answered");
      span?.setAttribute("jumio_bridge.outcome", outcome);
      instruments.countDelivery({ "http.route": route, outcome });
      if (told.reason === undefined) return;
      span?.setAttribute("jumio_bridge.reason", told.reason);
      if (outcome === "refused") {
        instruments.countRefusal({ "http.route": route, reason: told.reason });
      }
    },
  };
}

function overhear(log: Log, hear: (fields: LogFields) => void): Log {
  function tee(level: "debug" | "info" | "warn" | "error"): Log["info"] {
    return (message, fields = {}) => {
      hear(fields);
      log[level](message, fields);
    };
  }
  return {
    debug: tee("debug"),
    info: tee("info"),
    warn: tee("warn"),
    error: tee("error"),
    with: (fields) => overhear(log.with(fields), hear),
  };
}

/** A span of its own for each run: whichever request woke the runner is not its parent. */
async function watchJob(
  job: Job,
  run: () => Promise<JobEnd>,
  { api, instruments, now, jobsOf }: Parts,
): Promise<void> {
  const { kind, id } = job;
  const options = { root: true, links: linkTo(job.trace), attributes: describeJob(job) };
  await api.trace.getTracer(SCOPE).startActiveSpan(`job ${kind}`, options, async (span) => {
    jobsOf.set(span, `${kind} ${id}`);
    const startedAt = now();
    try {
      const { outcome, reason } = await run();
      span.setAttribute("jumio_bridge.outcome", outcome);
      if (reason !== undefined) span.setAttribute("jumio_bridge.reason", reason);
      const isDead = outcome === "dead_lettered";
      if (isDead || outcome === "failed") span.setStatus({ code: api.SpanStatusCode.ERROR });
      instruments.recordJob((now() - startedAt) / 1000, { kind, outcome });
      if (isDead) instruments.countDeadLetter({ kind, reason: reason ?? "unknown" });
      if (isReconciled(job, outcome)) instruments.countReconciled({ outcome });
    } finally {
      span.end();
    }
  });
}

function describeJob(job: Job): Attributes {
  const named = job.kind === "check"
    ? { "jumio_bridge.workflow_execution_id": job.id }
    : { "jumio_bridge.identity_id": job.id };
  return { "jumio_bridge.job": job.kind, "jumio_bridge.attempt": job.failures + 1, ...named };
}

/** A poll that settled an execution: no callback had asked to read it. */
function isReconciled({ kind, data }: Job, outcome: string): boolean {
  return kind === "check" && "isCalledBack" in data && !data.isCalledBack &&
    (outcome === "applied" || outcome === "superseded");
}

function watchUpstream(call: CallUpstream, { instruments, now }: Parts): CallUpstream {
  return async (request) => {
    const { upstream, action } = request;
    const startedAt = now();
    let result = "bug";
    try {
      const answer = await call(request);
      result = String(answer.status);
      return answer;
    } catch (error) {
      if (error instanceof UpstreamError) result = error.reason;
      throw error;
    } finally {
      instruments.recordUpstream((now() - startedAt) / 1000, { upstream, action, result });
    }
  };
}

/** A callback's span is linked to the start of the execution that it reads, a job's likewise. */
function watchStore(store: Store, { api, instruments, now, jobsOf }: Parts): Store {
  async function timed<Value>(action: string, work: () => Promise<Value>): Promise<Value> {
    const startedAt = now();
    let result = "failed";
    try {
      const value = await work();
      result = "ok";
      return value;
    } catch (error) {
      if (error instanceof UpstreamError) result = error.reason;
      throw error;
    } finally {
      instruments.recordUpstream((now() - startedAt) / 1000, { upstream: "kv", action, result });
    }
  }

  function linkToStart({ key, value }: Row<unknown>): void {
    if (!isOfStart(key)) return;
    api.trace.getActiveSpan()?.addLinks(linkTo(Object(value).trace));
  }

  return {
    close: store.close,
    list: (selector, options) => timed("list", () => store.list(selector, options)),
    async get<Value>(key: Deno.KvKey) {
      const row = await timed("get", () => store.get<Value>(key));
      linkToStart(row);
      return row;
    },
    async getMany(keys) {
      const rows = await timed("get", () => store.getMany(keys));
      for (const row of rows) linkToStart(row);
      return rows;
    },
    async commit(write) {
      const span = api.trace.getActiveSpan();
      const marked = span === undefined
        ? write
        : markRows(write, { span, ownJob: jobsOf.get(span) });
      const isCommitted = await timed("commit", () => store.commit(marked));
      const verdict = isCommitted ? readVerdict(write) : undefined;
      if (verdict !== undefined) instruments.countVerdict(verdict);
      return isCommitted;
    },
  };
}

function linkTo(trace: unknown): Link[] {
  const context = parseTrace(trace);
  return context === undefined ? [] : [{ context }];
}
