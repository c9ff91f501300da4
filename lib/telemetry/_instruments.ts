import type { Attributes, Meter } from "@opentelemetry/api";
import { type Job, JOB_KINDS, type JobKind, readJob } from "../jobs/job.ts";
import type { CheckRequest } from "../jobs/check_request.ts";
import type { Store } from "../kv/store.ts";

/** A figure is never taken from more rows than this: it stands for "so many or more". */
const MOST_ROWS = 1000;

/** Of this many due jobs the age is looked up, to find the oldest. */
const AGED_ROWS = 10;

/** In seconds: a callback's answer takes some milliseconds, a job that creates an account 8 s. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The figures that the service counts. Their names are in docs/observability.md. */
export interface Instruments {
  countDelivery(attributes: Attributes): void;
  countRefusal(attributes: Attributes): void;
  countVerdict(attributes: Attributes): void;
  countDeadLetter(attributes: Attributes): void;
  countReconciled(attributes: Attributes): void;
  recordJob(seconds: number, attributes: Attributes): void;
  recordUpstream(seconds: number, attributes: Attributes): void;
}

/** Creates the instruments of a meter. */
export function createInstruments(meter: Meter): Instruments {
  const deliveries = meter.createCounter("jumio_bridge.deliveries", {
    unit: "{delivery}",
    description: "Requests by what became of them",
  });
  const refusals = meter.createCounter("jumio_bridge.refusals", {
    unit: "{delivery}",
    description: "Requests refused, by the real reason",
  });
  const verdicts = meter.createCounter("jumio_bridge.verdicts", {
    unit: "{verdict}",
    description: "Executions settled as an identity's newest one",
  });
  const deadLettered = meter.createCounter("jumio_bridge.dead_lettered", {
    unit: "{job}",
    description: "Jobs given up, by the reason",
  });
  const reconciled = meter.createCounter("jumio_bridge.reconciled", {
    unit: "{execution}",
    description: "Executions settled by a poll, because no callback came",
  });
  const advice = { explicitBucketBoundaries: SECONDS };
  const jobs = meter.createHistogram("jumio_bridge.job.duration", {
    unit: "s",
    description: "Runs of jobs by their outcome",
    advice,
  });
  const upstreams = meter.createHistogram("jumio_bridge.upstream.duration", {
    unit: "s",
    description: "Calls to Jumio, Kratos and KV by their result",
    advice,
  });
  return {
    countDelivery: (attributes) => deliveries.add(1, attributes),
    countRefusal: (attributes) => refusals.add(1, attributes),
    countVerdict: (attributes) => verdicts.add(1, attributes),
    countDeadLetter: (attributes) => deadLettered.add(1, attributes),
    countReconciled: (attributes) => reconciled.add(1, attributes),
    recordJob: (seconds, attributes) => jobs.record(seconds, attributes),
    recordUpstream: (seconds, attributes) => upstreams.record(seconds, attributes),
  };
}

/**
 * Observes what waits, at each export. A bounded look at the order of due times is enough: nothing
 * scans the rows, however many there are. Without KV there is no figure, which is one too.
 */
export function observeQueue(
  meter: Meter,
  { store, now }: { store: Store; now: () => number },
): void {
  const depth = meter.createObservableGauge("jumio_bridge.queue.depth", {
    unit: "{job}",
    description: "Jobs that are due, up to 1000",
  });
  const age = meter.createObservableGauge("jumio_bridge.queue.oldest_age", {
    unit: "s",
    description: "For how long the oldest due job has waited",
  });
  const letters = meter.createObservableGauge("jumio_bridge.dead_letters", {
    unit: "{job}",
    description: "Dead letters that wait for a person, up to 1000",
  });
  meter.addBatchObservableCallback(async (observer) => {
    for (const kind of JOB_KINDS) {
      const found = await lookAtQueue(store, { kind, now: now() }).catch(() => undefined);
      if (found === undefined) return;
      observer.observe(depth, found.due, { kind });
      observer.observe(age, found.oldestMs / 1000, { kind });
      observer.observe(letters, found.deadLetters, { kind });
    }
  }, [depth, age, letters]);
}

/** How much of a kind is due, and since when. */
export async function lookAtQueue(
  store: Store,
  { kind, now }: { kind: JobKind; now: number },
): Promise<{ due: number; oldestMs: number; deadLetters: number }> {
  const due = await store.list<CheckRequest>(
    { start: ["due", kind], end: ["due", kind, now + 1] },
    { limit: MOST_ROWS },
  );
  const letters = await store.list({ prefix: ["dead_letter", kind] }, { limit: MOST_ROWS });
  const ages = await Promise.all(
    due.slice(0, AGED_ROWS).map(async ({ key, value: request }) => {
      if (request !== null) return now - Number(key[2]);
      const { value: job } = await readJob(store, { kind, id: String(key[3]) });
      return job === null ? 0 : now - dueSince(job);
    }),
  );
  return { due: due.length, oldestMs: Math.max(0, ...ages), deadLetters: letters.length };
}

/** A restart is due before its own creation, to stand ahead of the queue: it has not waited yet. */
function dueSince({ dueAt, createdAt }: Job): number {
  return Math.max(dueAt, createdAt);
}
