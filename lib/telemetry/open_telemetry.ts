// SPDX-License-Identifier: Apache-2.0
import type * as OpenTelemetry from "@opentelemetry/api";
import { UpstreamError } from "../upstream/error.ts";
import {
  createInstruments,
  type Instruments,
  observeClock,
  observeEvents,
  observeHeldStarts,
  observeQueues,
  observeSweep,
} from "./_instruments.ts";
import type { Store } from "../kv/store.ts";
import type { EndRequest, Telemetry } from "./telemetry.ts";
import { formatTrace, linksTo } from "./_trace.ts";
import { createJobWatch } from "./_watch_job.ts";
import type { CallUpstream } from "../upstream/call.ts";

/** The scope of our spans and metrics. */
const SCOPE = "ory-jumio-bridge";

/** The part of `@opentelemetry/api` that is used. An argument, because the module is loaded late. */
export type OpenTelemetryApi = Pick<typeof OpenTelemetry, "metrics" | "SpanStatusCode" | "trace">;

/** What the watchers share. */
interface Parts {
  readonly api: OpenTelemetryApi;
  readonly instruments: Instruments;
  readonly now: () => number;
}

/** Records through Deno's own OpenTelemetry, which creates a span for each request. */
export function createOpenTelemetry(
  { api, now, monotonic }: {
    api: OpenTelemetryApi;
    now: () => number;
    /** Milliseconds of a clock that is never set back. */
    monotonic: () => number;
  },
): Telemetry {
  const meter = api.metrics.getMeter(SCOPE);
  const parts: Parts = {
    api,
    instruments: createInstruments(meter),
    now: monotonic,
  };
  return {
    watchRequest: (request) => watchRequest(request, parts),
    watchJob: createJobWatch({
      tracer: api.trace.getTracer(SCOPE),
      errorCode: api.SpanStatusCode.ERROR,
      instruments: parts.instruments,
      monotonic,
    }),
    watchUpstream: (call) => watchUpstream(call, parts),
    watchStore: (store) => watchStore(store, parts),
    countBadRow: (table) => parts.instruments.countBadRow({ table }),
    observeQueues: (queues) => observeQueues(meter, { ...queues, now }),
    observeSweep: (read) => observeSweep(meter, { read, now }),
    observeHeldStarts: (read) => observeHeldStarts(meter, { read }),
    observeEvents: (read) => observeEvents(meter, read),
    observeClock: (isOff) => observeClock(meter, isOff),
    currentTrace() {
      const span = api.trace.getActiveSpan();
      return span && formatTrace(span.spanContext());
    },
    linkTo: (trace) => void api.trace.getActiveSpan()?.addLinks(linksTo(trace)),
  };
}

/** Names Deno's span of this request by its route, and records how the request ended. */
function watchRequest(
  { method, route }: { method: string; route: string },
  { api, instruments }: Parts,
): EndRequest {
  const span = api.trace.getActiveSpan();
  span?.updateName(`${method} ${route}`);
  span?.setAttribute("http.route", route);
  return ({ status, outcome = outcomeOf(status), reason }) => {
    span?.setAttribute("jumio_bridge.outcome", outcome);
    instruments.countDelivery({ "http.route": route, outcome });
    if (reason === undefined) return;
    span?.setAttribute("jumio_bridge.reason", reason);
    if (outcome === "refused") instruments.countRefusal({ "http.route": route, reason });
  };
}

function outcomeOf(status: number): string {
  return status >= 500 ? "failed" : status >= 400 ? "refused" : "answered";
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

function watchStore(store: Store, { instruments, now }: Parts): Store {
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

  return {
    close: store.close,
    get: (key) => timed("get", () => store.get(key)),
    getMany: (keys) => timed("get", () => store.getMany(keys)),
    list: (selector, options) => timed("list", () => store.list(selector, options)),
    commit: (write) => timed("commit", () => store.commit(write)),
  };
}
