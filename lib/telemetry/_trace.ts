// SPDX-License-Identifier: Apache-2.0
import type { Link, SpanContext } from "@opentelemetry/api";

/** The format of W3C's `traceparent`, in which rows store a span. */
const TRACE = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The id of a span while metrics are collected and traces are not. */
const NO_TRACE = /^0+$/;

/** Formats a span for a row. Undefined for one that is not collected. */
export function formatTrace({ traceId, spanId, traceFlags }: SpanContext): string | undefined {
  if (NO_TRACE.test(traceId)) return undefined;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** Parses a row's span. Undefined where there is none in this format. */
export function parseTrace(trace: unknown): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACE.exec(typeof trace === "string" ? trace : "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** The links to a row's span: one or none. */
export function linksTo(trace: unknown): Link[] {
  const context = parseTrace(trace);
  return context === undefined ? [] : [{ context }];
}
