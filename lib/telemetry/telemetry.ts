import type { JobKind } from "../jobs/kind.ts";
import { runUnwatched, type WatchJob } from "../jobs/watch.ts";
import type { Store } from "../kv/store.ts";
import type { CallUpstream } from "../upstream/call.ts";

/** What became of a request, as its route says. */
export interface RequestEnd {
  readonly status: number;
  /** Undefined: by the status. */
  readonly outcome?: string | undefined;
  /** Why the request was refused or failed. */
  readonly reason?: string | undefined;
}

/** Records the end of one request. Called once. */
export type EndRequest = (end: RequestEnd) => void;

/**
 * What is seen of the service from outside. Each part is wrapped once, where it is put together, so
 * that no route and no job knows of it.
 */
export interface Telemetry {
  /** `route` is the declared path, never the path of the request: that may hold a token. */
  watchRequest(request: { method: string; route: string }): EndRequest;
  /** Gives each run of a job a span, and counts how it ended. */
  readonly watchJob: WatchJob;
  /** The same way out, with each call seen. */
  watchUpstream(call: CallUpstream): CallUpstream;
  /** The same store, with each call measured. */
  watchStore(store: Store): Store;
  /** Observes how many jobs wait, at each export. */
  observeQueues(queues: { kinds: readonly JobKind[]; store: Store }): void;
  /** The present span as `traceparent`, to be stored with what it requests. */
  currentTrace(): string | undefined;
  /** Links the present span to a stored one. */
  linkTo(trace: string | undefined): void;
}

/** Sees nothing, and costs nothing: every part stays as it is. */
export const NO_TELEMETRY: Telemetry = {
  watchRequest: () => doNothing,
  watchJob: runUnwatched,
  watchUpstream: (call) => call,
  watchStore: (store) => store,
  observeQueues() {},
  currentTrace: () => undefined,
  linkTo() {},
};

function doNothing(): void {}
