import type { JobResult } from "../jobs/result.ts";
import type { Job, JobKind } from "../jobs/job.ts";
import type { Log } from "../log.ts";
import type { Store } from "../kv/store.ts";
import type { CallUpstream } from "../upstream/call.ts";

/** What a run of a job came to, in the words of its log line. */
export interface JobEnd {
  /** A `JobOutcome`, or the kind of a result that is not the end. */
  readonly outcome: string;
  /** Why it came to nothing, where it did. */
  readonly reason?: string | undefined;
}

/** A request that is being watched. */
export interface WatchedRequest {
  /** The log to hand to the route: its lines tell what the request came to. */
  readonly log: Log;
  /** Told once, with what was answered. */
  end(response: Response): void;
}

/**
 * What is seen of the service from outside. Each part is wrapped once, where it is put together, so
 * that no route and no job knows of it.
 */
export interface Telemetry {
  /** `route` is the pattern of the path, never the path: that may hold a token. */
  watchRequest(request: { method: string; route: string; log: Log }): WatchedRequest;
  /** Runs the job, and sees what it comes to. */
  watchJob(job: Job, run: () => Promise<JobEnd>): Promise<void>;
  /** The same way out, with each call seen. */
  watchUpstream(call: CallUpstream): CallUpstream;
  /** The store whose rows know the span that wrote them, and whose commits are counted. */
  watchStore(store: Store): Store;
}

/** Sees nothing, and costs nothing: every part stays as it is. */
export const NO_TELEMETRY: Telemetry = {
  watchRequest: ({ log }) => ({ log, end() {} }),
  async watchJob(_job, run) {
    await run();
  },
  watchUpstream: (call) => call,
  watchStore: (store) => store,
};

/** The end of a run, from its result and the line that reports it. */
export function describeEnd(
  result: JobResult<JobKind> | Error,
  { outcome, reason }: Readonly<Record<string, unknown>>,
): JobEnd {
  const fallback = result instanceof Error ? "failed" : result.kind;
  return {
    outcome: typeof outcome === "string" ? outcome : fallback,
    ...(typeof reason === "string" ? { reason } : {}),
  };
}
