import type { Span, SpanContext } from "@opentelemetry/api";
import type { Job } from "../jobs/job.ts";
import type { Write } from "../kv/write.ts";

/** A span in the form of W3C's `traceparent`, as the rows keep it. */
const TRACE = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** What a span has for an id where figures are collected and traces are not. */
const NO_TRACE = /^0+$/;

/** Puts a span in the form in which rows keep it. Undefined for one that nobody collects. */
export function formatTrace({ traceId, spanId, traceFlags }: SpanContext): string | undefined {
  if (NO_TRACE.test(traceId)) return undefined;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** Reads what a row kept. Undefined for a row of an older version, or one written unseen. */
export function parseTrace(trace: unknown): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACE.exec(typeof trace === "string" ? trace : "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/**
 * Marks the jobs, wishes for one and executions of a write with the span that asks for them. A job's
 * own span does not replace whoever asked for it, and a lease is nobody's wish.
 */
export function markRows(
  write: Write,
  { span, ownJob }: { span: Span; ownJob: string | undefined },
): Write {
  const trace = formatTrace(span.spanContext());
  if (trace === undefined) return write;
  const sets = write.sets?.map((set) =>
    isTraced(set, ownJob) ? { ...set, value: { ...Object(set.value), trace } } : set
  );
  return sets === undefined ? write : { ...write, sets };
}

/** Reads off a write that was committed what it decided for an identity. */
export function readVerdict(
  { sets = [] }: Write,
): { verdict: string; status: string } | undefined {
  const settled = sets.some(({ key, value }) =>
    isKind(key, "execution") && Object(value).settled?.outcome === "applied"
  );
  const verification = sets.find(({ key }) => isKind(key, "verification"));
  if (!settled || verification === undefined) return undefined;
  const { verdict, status } = Object(verification.value);
  return { verdict: verdict ?? "none", status };
}

/** Whether a row of this kind keeps the span of the start of its execution. */
export function isOfStart(key: Deno.KvKey): boolean {
  return isKind(key, "execution") || isKind(key, "callback_token");
}

/** Whether a row is of a kind of rows. */
export function isKind(key: Deno.KvKey, kind: string): boolean {
  return key[0] === kind;
}

function isTraced(
  { key, value }: { key: Deno.KvKey; value: unknown },
  ownJob: string | undefined,
): boolean {
  switch (key[0]) {
    case "job": // only jobs lie there
      return isAskedFor(value as Job) && key.slice(1).join(" ") !== ownJob;
    case "due": // a wish to read; any other has nothing in it
      return value !== null;
    case "execution":
      return Object(value).settled === null;
    case "callback_token": // without an execution it is not known yet whether it starts one
      return Object(value).workflowExecutionId !== null;
    default:
      return false;
  }
}

function isAskedFor({ leaseId, isNudged }: Job): boolean {
  return leaseId === null || isNudged;
}
