// SPDX-License-Identifier: Apache-2.0
import type { JobKind } from "../jobs/kind.ts";
import { runUnwatched, type WatchJob } from "../jobs/run_job.ts";
import type { Store } from "../kv/store.ts";
import type { CallUpstream } from "../upstream/call.ts";

/** How a request ended, as its route reports it. */
export interface RequestEnd {
  readonly status: number;
  /** Derived from the status where it is undefined. */
  readonly outcome?: string | undefined;
  /** Why the request was refused or failed. */
  readonly reason?: string | undefined;
}

/** Records the end of one request. Called once. */
export type EndRequest = (end: RequestEnd) => void;

/**
 * Spans and metrics of the service. Requests and jobs report how they ended. Nothing reads their log
 * lines or their writes to find out.
 */
export interface Telemetry {
  /** `route` is the declared path, never the path of the request, which may contain a token. */
  watchRequest(request: { method: string; route: string }): EndRequest;
  /** Gives each run of a job a span, and counts how it ended. */
  readonly watchJob: WatchJob;
  /** The same calls, each measured. */
  watchUpstream(call: CallUpstream): CallUpstream;
  /** The same store, with each call measured. */
  watchStore(store: Store): Store;
  /** Counts a row that was set aside, by the first part of its key. */
  countBadRow(table: string): void;
  /** Observes how many jobs wait, at each export. */
  observeQueues(queues: { kinds: readonly JobKind[]; store: Store }): void;
  /** Observes the sweep of all identities, at each export. */
  observeSweep(read: () => Promise<ObservedSweep>): void;
  /** Observes what holds all starts back, at each export. */
  observeHeldStarts(read: () => Promise<ObservedHeldStarts>): void;
  /** Observes the events that the application has not accepted yet, at each export. */
  observeEvents(read: () => Promise<ObservedEvents>): void;
  /** Observes whether the clock of this instance is off, at each export. */
  observeClock(isOff: () => boolean): void;
  /** The present span as `traceparent`, to be stored with what it requests. */
  currentTrace(): string | undefined;
  /** Links the present span to a stored one. */
  linkTo(trace: string | undefined): void;
}

/** The part of the sweep's state that metrics show. */
export interface ObservedSweep {
  readonly state: string;
  readonly neverStarted: number;
  /** The last sweep that ended. */
  readonly last: {
    readonly startedAt: number;
    readonly counts: { readonly differing: number };
  } | null;
}

/** What holds all starts back: each is null while it does not. */
export interface ObservedHeldStarts {
  readonly paused: unknown;
  readonly breakerOpenedAt: number | null;
}

/** The part of the state of events that metrics show. */
export interface ObservedEvents {
  /** How long the oldest event has waited. 0 where none waits. */
  readonly oldestMs: number;
  readonly isPaused: boolean;
}

/** Without OpenTelemetry: records nothing, and costs nothing. */
export const NO_TELEMETRY: Telemetry = {
  watchRequest: () => doNothing,
  watchJob: runUnwatched,
  watchUpstream: (call) => call,
  watchStore: (store) => store,
  countBadRow() {},
  observeQueues() {},
  observeSweep() {},
  observeHeldStarts() {},
  observeEvents() {},
  observeClock() {},
  currentTrace: () => undefined,
  linkTo() {},
};

function doNothing(): void {}
