// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { FailingJob } from "../jobs/failing.ts";
import { JOB_KIND_NAMES } from "../verification/job_kinds.ts";
import { NO_SWEEP_COUNTS, type SweepReport, type SweepState } from "../verification/sweep.ts";
import { listNeeds, type NeedSources } from "./needs.ts";

const NOW = Date.UTC(2026, 4, 4, 9);
const MINUTE = 60_000;

const NO_SWEEP: SweepState = {
  state: "waiting",
  dueAt: NOW,
  progress: undefined,
  last: null,
  lastDryRun: null,
  neverStarted: 0,
};

const IDLE: NeedSources = {
  deadLetters: { letters: [], hasMore: false },
  failing: ofEach({ jobs: [], isMore: false }),
  queues: ofEach({ waiting: 0, due: { count: 0, isMore: false }, oldestDueAt: undefined }),
  heldStarts: { paused: null, breakerOpenedAt: null },
  eventsPause: null,
  sweep: NO_SWEEP,
  badRows: { count: 0, isMore: false, oldestAt: null },
  reviews: { count: 0, isMore: false, oldestAt: null },
};

function ofEach<Value>(value: Value): Readonly<Record<typeof JOB_KIND_NAMES[number], Value>> {
  return Object.fromEntries(JOB_KIND_NAMES.map((name) => [name, value])) as Record<
    typeof JOB_KIND_NAMES[number],
    Value
  >;
}

function list(sources: Partial<NeedSources>): ReturnType<typeof listNeeds> {
  return listNeeds({ ...IDLE, ...sources }, { now: NOW });
}

function failingStarts(
  jobs: readonly (Partial<FailingJob> & Pick<FailingJob, "status">)[],
): Partial<NeedSources> {
  const start = {
    jobs: jobs.map((job) => ({ id: "a", since: NOW, reason: "jumio_status", ...job })),
    isMore: false,
  };
  return { failing: { ...IDLE.failing, start } };
}

function report(counts: Partial<SweepReport["counts"]>, endedAt = NOW): SweepReport {
  return {
    v: 1,
    startedAt: endedAt - MINUTE,
    endedAt,
    end: "finished",
    requestedBy: null,
    counts: { ...NO_SWEEP_COUNTS, ...counts },
    neverStartedIds: [],
  };
}

Deno.test("listNeeds() is empty for an idle service", () => {
  assert.deepEqual(list({}), []);
});

Deno.test("listNeeds() counts open reviews, with the age of the oldest", () => {
  const [need, ...others] = list({ reviews: { count: 4, isMore: false, oldestAt: NOW - 5 } });

  assert.deepEqual([need?.what, need?.count, need?.since], ["open_reviews", 4, NOW - 5]);
  assert.equal(need?.title, "4 reviews open");
  assert.deepEqual(others, []);
});

Deno.test("listNeeds() counts rows that were set aside", () => {
  const [need] = list({ badRows: { count: 2, isMore: false, oldestAt: NOW - 5 } });

  assert.deepEqual([need?.what, need?.count, need?.since], ["bad_rows", 2, NOW - 5]);
});

for (const status of [400, 401, 403, 404, 422]) {
  Deno.test(`listNeeds() lists a job at once that an upstream refused with ${status}`, () => {
    const [need] = list(failingStarts([{ status }]));

    assert.deepEqual([need?.what, need?.status, need?.since], ["failing_jobs", status, NOW]);
    assert.equal(
      need?.title,
      `1 job failing: cannot create an execution, Jumio answered ${status}`,
    );
  });
}

for (const status of [null, 408, 425, 429, 500, 503]) {
  Deno.test(`listNeeds() lists a job that fails with ${status} after ten minutes`, () => {
    const since = (ms: number) => list(failingStarts([{ status, since: NOW - ms }])).length;

    assert.deepEqual([since(10 * MINUTE - 1), since(10 * MINUTE)], [0, 1]);
  });
}

Deno.test("listNeeds() groups failing jobs by status, and each group has its oldest", () => {
  const needs = list(failingStarts([
    { status: 401, since: NOW - 3 },
    { status: 400, since: NOW - 2 },
    { status: 401, since: NOW - 1 },
  ]));

  assert.deepEqual(needs.map(({ status, count, since }) => [status, count, since]), [
    [401, 2, NOW - 3],
    [400, 1, NOW - 2],
  ]);
});

Deno.test("listNeeds() lists a bug at once", () => {
  assert.equal(list(failingStarts([{ status: null, reason: "bug" }])).length, 1);
});

Deno.test("listNeeds() lists events that the application does not accept, and those that are kept", () => {
  const job = { id: "a", since: NOW, reason: "receiver_status", status: 401 };
  const notify = { waiting: 7, due: { count: 7, isMore: false }, oldestDueAt: NOW - 9 * MINUTE };
  const failing = list({ failing: { ...IDLE.failing, notify: { jobs: [job], isMore: false } } });
  const paused = list({
    eventsPause: { v: 1, pausedAt: NOW - 3, reason: "answered_410" },
    queues: { ...IDLE.queues, notify },
  });

  assert.deepEqual(failing.map(({ what, status }) => [what, status]), [
    ["undelivered_events", 401],
  ]);
  assert.deepEqual(paused.map(({ what, count, since }) => [what, count, since]), [
    ["undelivered_events", 7, NOW - 3],
  ]);
});

Deno.test("listNeeds() groups dead letters by kind, reason and status, each with its cure", () => {
  const letter = { v: 1, id: "a", data: {}, failures: 3, deadAt: NOW } as const;
  const needs = list({
    deadLetters: {
      letters: [
        { ...letter, kind: "publish", reason: "patch_refused", status: 400 },
        { ...letter, kind: "publish", reason: "patch_refused", status: 400, deadAt: NOW - 7 },
        { ...letter, kind: "start", reason: "jumio_timeout" },
      ],
      hasMore: false,
    },
  });

  assert.deepEqual(needs.map(({ count, since, status }) => [count, since, status]), [
    [2, NOW - 7, 400],
    [1, NOW, null],
  ]);
  assert.equal(
    needs[0]?.title,
    "2 jobs given up: could not write to the identity, Ory answered 400",
  );
  assert.match(needs[0]?.nextStep ?? "", /^Correct the identity/);
});

Deno.test("listNeeds() lists what holds starts back, and overdue work", () => {
  const paused = { v: 1, at: NOW - 9, by: "grace", secretId: "00000000" } as const;
  const overdue = { waiting: 2, due: { count: 2, isMore: false }, oldestDueAt: NOW - 6 * MINUTE };
  const needs = list({
    heldStarts: { paused, breakerOpenedAt: NOW - 8 },
    queues: { ...IDLE.queues, publish: overdue },
  });

  assert.deepEqual(needs.map(({ what, since }) => [what, since]), [
    ["starts_paused", NOW - 9],
    ["starts_failing", NOW - 8],
    ["overdue_jobs", NOW - 6 * MINUTE],
  ]);
});

for (
  const [name, sweep, expected] of [
    [
      "a sweep that repaired all",
      { last: report({ differing: 3, published: 2, adopting: 1 }) },
      [],
    ],
    ["a sweep that left some", { last: report({ differing: 3, published: 1 }) }, [
      ["differing_identities", 2],
    ]],
    ["a dry run", { last: report({}, NOW - 1), lastDryRun: report({ differing: 3 }) }, [
      ["differing_identities", 3],
    ]],
    [
      "a dry run that an own sweep followed",
      { last: report({}), lastDryRun: report({ differing: 3 }, NOW - 1) },
      [],
    ],
    ["a sweep that stopped", { state: "stopped", last: report({ differing: 60 }) }, [
      ["sweep_stopped", 1],
      ["differing_identities", 60],
    ]],
    ["identities that could not be read", { last: report({ failed: 2 }) }, [
      ["unread_identities", 2],
    ]],
    ["people who were never started", { last: report({ neverStarted: 5 }), neverStarted: 4 }, [
      ["never_started", 4],
    ]],
  ] as const
) {
  Deno.test(`listNeeds() after ${name}`, () => {
    const needs = list({ sweep: { ...NO_SWEEP, ...sweep } });

    assert.deepEqual(needs.map(({ what, count }) => [what, count]), expected);
  });
}
