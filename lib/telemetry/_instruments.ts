// SPDX-License-Identifier: Apache-2.0
import type { Attributes, Meter } from "@opentelemetry/api";
import type { JobKind } from "../jobs/kind.ts";
import { readQueueDepth } from "../jobs/queue_status.ts";
import type { Store } from "../kv/store.ts";
import type { ObservedEvents, ObservedHeldStarts, ObservedSweep } from "./telemetry.ts";

/** Histogram boundaries. A callback's answer takes milliseconds, the creation of an account 8 s. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the service counts. The names of the metrics are in docs/observability.md. */
export interface Instruments {
  countDelivery(attributes: Attributes): void;
  countRefusal(attributes: Attributes): void;
  countVerdict(attributes: Attributes): void;
  countRejectedAfterVerified(): void;
  countDeadLetter(attributes: Attributes): void;
  countHeld(attributes: Attributes): void;
  countReconciled(attributes: Attributes): void;
  countBadRow(attributes: Attributes): void;
  recordJob(seconds: number, attributes: Attributes): void;
  recordUpstream(seconds: number, attributes: Attributes): void;
}

/** Creates the instruments of a meter. */
export function createInstruments(meter: Meter): Instruments {
  const deliveries = meter.createCounter("jumio_bridge.deliveries", {
    unit: "{delivery}",
    description: "Requests by outcome",
  });
  const refusals = meter.createCounter("jumio_bridge.refusals", {
    unit: "{delivery}",
    description: "Refused requests by reason",
  });
  const verdicts = meter.createCounter("jumio_bridge.verdicts", {
    unit: "{verdict}",
    description: "Executions settled, by what they said",
  });
  const rejectedAfterVerified = meter.createCounter("jumio_bridge.rejected_after_verified", {
    unit: "{identity}",
    description: "People who were verified and are rejected now",
  });
  const deadLettered = meter.createCounter("jumio_bridge.dead_lettered", {
    unit: "{job}",
    description: "Jobs that were given up, by reason",
  });
  const held = meter.createCounter("jumio_bridge.held", {
    unit: "{job}",
    description: "Jobs that were put off untried, by reason",
  });
  const reconciled = meter.createCounter("jumio_bridge.reconciled", {
    unit: "{execution}",
    description: "Executions settled by a poll, because no callback came",
  });
  const badRows = meter.createCounter("jumio_bridge.bad_rows", {
    unit: "{row}",
    description: "Rows of KV that were set aside",
  });
  const advice = { explicitBucketBoundaries: SECONDS };
  const jobs = meter.createHistogram("jumio_bridge.job.duration", {
    unit: "s",
    description: "Runs of jobs by outcome",
    advice,
  });
  const upstreams = meter.createHistogram("jumio_bridge.upstream.duration", {
    unit: "s",
    description: "Calls to Jumio, Kratos and KV by result",
    advice,
  });
  return {
    countDelivery: (attributes) => deliveries.add(1, attributes),
    countRefusal: (attributes) => refusals.add(1, attributes),
    countVerdict: (attributes) => verdicts.add(1, attributes),
    countRejectedAfterVerified: () => rejectedAfterVerified.add(1),
    countDeadLetter: (attributes) => deadLettered.add(1, attributes),
    countHeld: (attributes) => held.add(1, attributes),
    countBadRow: (attributes) => badRows.add(1, attributes),
    countReconciled: (attributes) => reconciled.add(1, attributes),
    recordJob: (seconds, attributes) => jobs.record(seconds, attributes),
    recordUpstream: (seconds, attributes) => upstreams.record(seconds, attributes),
  };
}

/**
 * Observes how many jobs wait, at each export. Its cost is bounded. Without KV there is no value,
 * which an alert can detect.
 */
export function observeQueues(
  meter: Meter,
  { kinds, store, now }: { kinds: readonly JobKind[]; store: Store; now: () => number },
): void {
  const depth = meter.createObservableGauge("jumio_bridge.queue.depth", {
    unit: "{job}",
    description: "Jobs that are due, up to 1000",
  });
  const age = meter.createObservableGauge("jumio_bridge.queue.oldest_age", {
    unit: "s",
    description: "How long the oldest due job has waited",
  });
  const letters = meter.createObservableGauge("jumio_bridge.dead_letters", {
    unit: "{job}",
    description: "Dead letters that wait for a person, up to 1000",
  });
  const refused = meter.createObservableGauge("jumio_bridge.jobs.refused", {
    unit: "{job}",
    description: "Failing jobs that an upstream refuses by a 4xx, up to 1000",
  });
  meter.addBatchObservableCallback(async (observer) => {
    for (const kind of kinds) {
      const queue = await readQueueDepth(store, { kind, now: now() }).catch(() => undefined);
      if (queue === undefined) return;
      observer.observe(depth, queue.due, { kind: kind.name });
      observer.observe(age, queue.oldestMs / 1000, { kind: kind.name });
      observer.observe(letters, queue.deadLetters, { kind: kind.name });
      observer.observe(refused, queue.refused, { kind: kind.name });
    }
  }, [depth, age, letters, refused]);
}

/** Observes the sweep, at each export. Without KV, and before the first sweep, there is no value. */
export function observeSweep(
  meter: Meter,
  { read, now }: { read: () => Promise<ObservedSweep>; now: () => number },
): void {
  const age = meter.createObservableGauge("jumio_bridge.sweep.age", {
    unit: "s",
    description: "Since the beginning of the last sweep that ended",
  });
  const differing = meter.createObservableGauge("jumio_bridge.sweep.differing", {
    unit: "{identity}",
    description: "Identities that differed from our records in the last sweep",
  });
  const missing = meter.createObservableGauge("jumio_bridge.sweep.never_started", {
    unit: "{identity}",
    description: "People who registered and were never started",
  });
  const stopped = meter.createObservableGauge("jumio_bridge.sweep.stopped", {
    description: "1 while the sweep waits for an operator because too many identities differ",
  });
  meter.addBatchObservableCallback(async (observer) => {
    const sweep = await read().catch(() => undefined);
    if (sweep === undefined || sweep.last === null) return;
    observer.observe(differing, sweep.last.counts.differing);
    observer.observe(missing, sweep.neverStarted);
    observer.observe(stopped, sweep.state === "stopped" ? 1 : 0);
    if (sweep.state !== "off") observer.observe(age, (now() - sweep.last.startedAt) / 1000);
  }, [age, differing, missing, stopped]);
}

/** Observes what holds all starts back, at each export. */
export function observeHeldStarts(
  meter: Meter,
  { read }: { read: () => Promise<ObservedHeldStarts> },
): void {
  const gauge = meter.createObservableGauge("jumio_bridge.starts.held", {
    description: "1 while all starts are held back, by reason",
  });
  meter.addBatchObservableCallback(async (observer) => {
    const held = await read().catch(() => undefined);
    if (held === undefined) return;
    observer.observe(gauge, held.paused === null ? 0 : 1, { reason: "starts_paused" });
    observer.observe(gauge, held.breakerOpenedAt === null ? 0 : 1, { reason: "breaker_open" });
  }, [gauge]);
}

/** Observes the events that wait, at each export. Without KV there is no value. */
export function observeEvents(meter: Meter, read: () => Promise<ObservedEvents>): void {
  const age = meter.createObservableGauge("jumio_bridge.events.oldest_age", {
    unit: "s",
    description: "How long the oldest event that the application has not accepted has waited",
  });
  const paused = meter.createObservableGauge("jumio_bridge.events.paused", {
    description: "1 while no events are delivered, because the application answered 410",
  });
  meter.addBatchObservableCallback(async (observer) => {
    const events = await read().catch(() => undefined);
    if (events === undefined) return;
    observer.observe(age, events.oldestMs / 1000);
    observer.observe(paused, events.isPaused ? 1 : 0);
  }, [age, paused]);
}

/** Observes the clock of this instance, at each export. */
export function observeClock(meter: Meter, isOff: () => boolean): void {
  const wrong = meter.createObservableGauge("jumio_bridge.clock_wrong", {
    description: "1 while the clock of this instance is wrong, and it makes no starts",
  });
  meter.addBatchObservableCallback((observer) => observer.observe(wrong, isOff() ? 1 : 0), [wrong]);
}
