// SPDX-License-Identifier: Apache-2.0
/** An attribute as OTLP has it in JSON. */
interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A span as it arrived. Deno may send one key several times, so attributes stay a list. */
export interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: number;
  readonly attributes: readonly OtlpAttribute[];
  readonly links: readonly { readonly spanId: string }[];
}

/** What a collector of OpenTelemetry data has been sent, over `http/json`. */
export interface OtlpCollector extends AsyncDisposable {
  /** The settings that make a Deno process send to it, soon. */
  readonly env: Readonly<Record<string, string>>;
  readonly spans: readonly OtlpSpan[];
  /** The names of the metrics, with the attributes of their points. */
  readonly metrics: ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;
  /** The bodies of `/v1/logs`, as text. */
  readonly logs: readonly string[];
}

/** Starts a collector on loopback. */
export function startOtlpCollector(): OtlpCollector {
  const spans: OtlpSpan[] = [];
  const metrics = new Map<string, Readonly<Record<string, string>>[]>();
  const logs: string[] = [];

  function takeMetrics(body: string): void {
    for (const { scopeMetrics } of JSON.parse(body).resourceMetrics) {
      for (const metric of scopeMetrics.flatMap(({ metrics }: { metrics: unknown[] }) => metrics)) {
        const points: { attributes: OtlpAttribute[] }[] =
          (metric.sum ?? metric.gauge ?? metric.histogram).dataPoints;
        const attributes = points.map((point) => readAttributes(point.attributes));
        metrics.set(metric.name, [...metrics.get(metric.name) ?? [], ...attributes]);
      }
    }
  }

  function takeSpans(body: string): void {
    for (const { scopeSpans } of JSON.parse(body).resourceSpans) {
      spans.push(...scopeSpans.flatMap((scope: { spans: OtlpSpan[] }) => scope.spans));
    }
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = await request.text();
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/traces") takeSpans(body);
    if (pathname === "/v1/metrics") takeMetrics(body);
    if (pathname === "/v1/logs") logs.push(body);
    return Response.json({});
  });
  return {
    env: {
      "OTEL_DENO": "true",
      "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
      "OTEL_EXPORTER_OTLP_ENDPOINT": `http://127.0.0.1:${server.addr.port}`,
      "OTEL_BSP_SCHEDULE_DELAY": "200",
      "OTEL_BLRP_SCHEDULE_DELAY": "200",
      "OTEL_METRIC_EXPORT_INTERVAL": "500",
    },
    spans,
    metrics,
    logs,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Attributes by their key; of a key that came several times, the last. */
export function readAttributes(
  attributes: readonly OtlpAttribute[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]),
  );
}
