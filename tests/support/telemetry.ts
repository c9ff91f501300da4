import type { Attributes, Link, Span, SpanContext, SpanOptions } from "@opentelemetry/api";
import { AsyncLocalStorage } from "node:async_hooks";
import type { OpenTelemetryApi } from "../../lib/telemetry/open_telemetry.ts";

/** A span as the fake keeps it. */
export interface FakeSpan {
  name: string;
  readonly context: SpanContext;
  readonly attributes: Record<string, unknown>;
  readonly links: SpanContext[];
  isRoot: boolean;
  status: number;
  hasEnded: boolean;
}

/** A figure that was recorded: the instrument's name, the value and what it is of. */
export type FakePoint = readonly [name: string, value: number, attributes: Attributes];

/** OpenTelemetry as far as the service uses it, and what was told to it. */
export interface FakeOpenTelemetry {
  readonly api: OpenTelemetryApi;
  readonly spans: readonly FakeSpan[];
  readonly points: readonly FakePoint[];
  /** Runs under a span, as Deno runs the handler of a request. */
  underSpan<Value>(work: () => Promise<Value>): Promise<Value>;
  /** What an export would observe now. */
  observe(): Promise<FakePoint[]>;
}

export function createFakeOpenTelemetry(): FakeOpenTelemetry {
  const active = new AsyncLocalStorage<Span>();
  const spans: FakeSpan[] = [];
  const points: FakePoint[] = [];
  let observeAll: (observer: unknown) => Promise<void> = () => Promise.resolve();

  function startSpan(name: string, { attributes = {}, links = [], root }: SpanOptions = {}): Span {
    const context = {
      traceId: String(spans.length + 1).padStart(32, "0"),
      spanId: String(spans.length + 1).padStart(16, "0"),
      traceFlags: 1,
    };
    const kept: FakeSpan = {
      name,
      context,
      attributes: { ...attributes },
      links: links.map((link) => link.context),
      isRoot: root === true,
      status: 0,
      hasEnded: false,
    };
    spans.push(kept);
    return {
      spanContext: () => context,
      updateName: (next: string) => void (kept.name = next),
      setAttribute: (key: string, value: unknown) => void (kept.attributes[key] = value),
      addLinks: (more: Link[]) => void kept.links.push(...more.map((link) => link.context)),
      setStatus: ({ code }: { code: number }) => void (kept.status = code),
      end: () => void (kept.hasEnded = true),
    } as unknown as Span; // what the service calls of it
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
        addBatchObservableCallback: (callback: typeof observeAll) => void (observeAll = callback),
      }),
    },
  } as unknown as OpenTelemetryApi; // what the service calls of it

  return {
    api,
    spans,
    points,
    underSpan: (work) => active.run(startSpan("POST"), work),
    async observe() {
      const observed: FakePoint[] = [];
      await observeAll({
        observe: ({ name }: { name: string }, value: number, attributes: Attributes) =>
          void observed.push([name, value, attributes]),
      });
      return observed;
    },
  };
}
