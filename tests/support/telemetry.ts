// SPDX-License-Identifier: Apache-2.0
import type { Attributes, Link, Span, SpanContext, SpanOptions } from "@opentelemetry/api";
import { AsyncLocalStorage } from "node:async_hooks";
import type { OpenTelemetryApi } from "../../lib/telemetry/open_telemetry.ts";

/** A span that the fake has recorded. */
export interface FakeSpan {
  name: string;
  readonly context: SpanContext;
  readonly attributes: Record<string, unknown>;
  readonly links: SpanContext[];
  isRoot: boolean;
  status: number;
  hasEnded: boolean;
}

/** A recorded measurement: the instrument's name, the value and the attributes. */
export type FakePoint = readonly [name: string, value: number, attributes: Attributes];

/** The part of OpenTelemetry that the service uses, and what it has recorded. */
export interface FakeOpenTelemetry {
  readonly api: OpenTelemetryApi;
  readonly spans: readonly FakeSpan[];
  readonly points: readonly FakePoint[];
  /** Runs under a span, as Deno runs the handler of a request. */
  underSpan<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Returns what an export would observe now. */
  observe(): Promise<FakePoint[]>;
}

export function createFakeOpenTelemetry(): FakeOpenTelemetry {
  const active = new AsyncLocalStorage<Span>();
  const spans: FakeSpan[] = [];
  const points: FakePoint[] = [];
  const callbacks: ((observer: unknown) => Promise<void>)[] = [];

  function startSpan(name: string, options: SpanOptions = {}): Span {
    const recorded = createRecordedSpan(name, { number: spans.length + 1, options });
    spans.push(recorded);
    return createSpan(recorded);
  }

  function recorder(name: string): unknown {
    const record = (value: number, attributes: Attributes) =>
      void points.push([name, value, attributes]);
    return { name, add: record, record };
  }

  const api = {
    SpanStatusCode: { UNSET: 0, OK: 1, ERROR: 2 },
    trace: {
      getActiveSpan: () => active.getStore(),
      getTracer: () => ({
        startActiveSpan: (name: string, options: SpanOptions, work: (span: Span) => unknown) => {
          const span = startSpan(name, options);
          return active.run(span, () => work(span));
        },
      }),
    },
    metrics: {
      getMeter: () => ({
        createCounter: recorder,
        createHistogram: recorder,
        createObservableGauge: recorder,
        addBatchObservableCallback: (callback: typeof callbacks[number]) =>
          void callbacks.push(callback),
      }),
    },
  } as unknown as OpenTelemetryApi; // only what the service calls

  return {
    api,
    spans,
    points,
    underSpan: (work) => active.run(startSpan("POST"), work),
    async observe() {
      const observed: FakePoint[] = [];
      const observer = {
        observe: ({ name }: { name: string }, value: number, attributes: Attributes = {}) =>
          void observed.push([name, value, attributes]),
      };
      for (const callback of callbacks) await callback(observer);
      return observed;
    },
  };
}

function createRecordedSpan(
  name: string,
  { number, options: { attributes = {}, links = [], root } }: {
    number: number;
    options: SpanOptions;
  },
): FakeSpan {
  return {
    name,
    context: {
      traceId: String(number).padStart(32, "0"),
      spanId: String(number).padStart(16, "0"),
      traceFlags: 1,
    },
    attributes: { ...attributes },
    links: links.map((link) => link.context),
    isRoot: root === true,
    status: 0,
    hasEnded: false,
  };
}

/** A span for the service, which changes what was recorded. */
function createSpan(recorded: FakeSpan): Span {
  return {
    spanContext: () => recorded.context,
    updateName: (next: string) => void (recorded.name = next),
    setAttribute: (key: string, value: unknown) => void (recorded.attributes[key] = value),
    addLinks: (more: Link[]) => void recorded.links.push(...more.map((link) => link.context)),
    setStatus: ({ code }: { code: number }) => void (recorded.status = code),
    end: () => void (recorded.hasEnded = true),
  } as unknown as Span; // only what the service calls
}
