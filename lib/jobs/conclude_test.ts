// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createJob, EXECUTION_ID, NOW } from "../../tests/support/verification_rows.ts";
import { CHECK, type CheckData, PUBLISH } from "../verification/job_kinds.ts";
import { type AfterRun, concludeJob } from "./conclude.ts";
import { deadLetterKey } from "./dead_letters.ts";
import { dueKey } from "./due.ts";
import { type Job, jobKey } from "./job.ts";
import type { JobFailure, JobResult } from "./result.ts";
import type { Write } from "../kv/write.ts";

const DATA: CheckData = { accountId: "a", isCalledBack: true, pollAfterMs: 0 };
const FAILURE: JobFailure = {
  reason: "jumio_status",
  isExpected: true,
  isLasting: false,
  write: {},
};

function conclude(
  result: JobResult | Error,
  { job: change = {}, failure = FAILURE, write = {} }: {
    job?: Partial<Job<CheckData>>;
    failure?: JobFailure;
    write?: Write;
  } = {},
): AfterRun {
  const job = createJob(CHECK, { id: EXECUTION_ID, data: DATA, ...change });
  const row = { key: jobKey(CHECK, EXECUTION_ID), value: job, versionstamp: "1" };
  const describeFailure = () => failure;
  return concludeJob(row, {
    result,
    write,
    kind: CHECK,
    describeFailure,
    now: NOW,
    random: () => 0.5,
  });
}

/** The job that a conclusion stores. Undefined if it deletes it. */
function nextJob({ write }: AfterRun): Job<CheckData> | undefined {
  return write.sets?.find(({ key }) => key[0] === "job")?.value as Job<CheckData> | undefined;
}

Deno.test("concludeJob() deletes a job that is done, and writes its result with it", () => {
  const own = { sets: [{ key: ["mine"], value: 1 }] };

  const conclusion = conclude({ kind: "done", outcome: "applied" }, { write: own });

  assert.equal(nextJob(conclusion), undefined);
  assert.deepEqual(conclusion.write.sets, own.sets);
  assert.deepEqual(conclusion.write.deletes, [
    jobKey(CHECK, EXECUTION_ID),
    dueKey(CHECK, { id: EXECUTION_ID, dueAt: NOW + 30_000 }),
  ]);
});

Deno.test("concludeJob() reports what the handler returned, not what it wrote or logs", () => {
  const decided = { verdict: "PASSED", status: "verified" };
  const settled = { isPolled: true, decided, isOverturned: false };

  const { end, logLine } = conclude({ kind: "done", outcome: "applied", settled });

  assert.deepEqual(end, { outcome: "applied", settled });
  assert(!("settled" in logLine.fields));
});

Deno.test("concludeJob() runs a job again that was requested during its run", () => {
  const conclusion = conclude({ kind: "done", outcome: "applied" }, {
    job: { isNudged: true, failures: 2, firstFailedAt: 1 },
  });

  const { dueAt, isNudged, leaseId, failures } = nextJob(conclusion) ?? {};
  assert.deepEqual([dueAt, isNudged, leaseId, failures], [NOW, false, null, 0]);
});

Deno.test("concludeJob() postpones a job with new data, and records a poll", () => {
  const data = { ...DATA, isCalledBack: false };

  const conclusion = conclude({ kind: "again", dueAt: NOW + 5, data });

  assert.deepEqual([nextJob(conclusion)?.dueAt, nextJob(conclusion)?.data], [NOW + 5, data]);
  assert(conclusion.write.sets?.some(({ key }) => key[0] === "timeline"));
});

Deno.test("concludeJob() does not postpone a job that was requested during its run", () => {
  const data = { ...DATA, isCalledBack: false };

  const job = nextJob(
    conclude({ kind: "again", dueAt: NOW + 5, data }, { job: { isNudged: true } }),
  );

  assert.deepEqual([job?.dueAt, job?.data], [NOW, DATA]);
});

Deno.test("concludeJob() records no poll of a kind that does not poll", () => {
  const job = createJob(PUBLISH, { id: "i", data: { isConfirmation: false } });
  const row = { key: jobKey(PUBLISH, "i"), value: job, versionstamp: "1" };

  const { write } = concludeJob(row, {
    result: { kind: "again", dueAt: NOW + 5, data: job.data },
    write: {},
    kind: PUBLISH,
    describeFailure: () => FAILURE,
    now: NOW,
    random: () => 0.5,
  });

  assert(!write.sets?.some(({ key }) => key[0] === "timeline"));
});

Deno.test("concludeJob() counts a result that is not there yet as a failure, without an error", () => {
  const exhausted = { dueAt: NOW + 9, data: { ...DATA, isCalledBack: false } };

  const early = conclude({ kind: "not_yet", exhausted });
  const late = conclude({ kind: "not_yet", exhausted }, { job: { failures: 9, firstFailedAt: 0 } });

  assert.deepEqual([nextJob(early)?.dueAt, nextJob(early)?.failures], [NOW + 1_000, 1]);
  assert.deepEqual([nextJob(late)?.dueAt, nextJob(late)?.failures], [NOW + 9, 0]);
  assert.deepEqual([early.end, early.logLine.level], [{ outcome: "not_yet" }, "info"]);
});

Deno.test("concludeJob() gives up a result that is not there when the schedule is exhausted, if asked to", () => {
  const conclusion = conclude({ kind: "not_yet", exhausted: { reason: "details_unfinished" } }, {
    job: { failures: 9, firstFailedAt: 0 },
  });

  assert.deepEqual(conclusion.end, { outcome: "dead_lettered", reason: "details_unfinished" });
  assert.equal(nextJob(conclusion), undefined);
});

Deno.test("concludeJob() reports a run as a failure that repaired what an earlier run had done", () => {
  const result: JobResult = { kind: "again", dueAt: NOW + 5, data: DATA, failure: "overwritten" };

  const conclusion = conclude(result);

  assert.equal(nextJob(conclusion)?.dueAt, NOW + 5);
  assert.deepEqual(conclusion.end, { outcome: "failed", reason: "overwritten" });
});

Deno.test("concludeJob() keeps the data for a replay and the failures that the handler names", () => {
  const data = { ...DATA, pollAfterMs: 9 };

  const { write } = conclude({ kind: "dead", reason: "overwritten", data, failures: 6 });

  const letter = write.sets?.find(({ key }) => key[0] === "dead_letter");
  assert.deepEqual([Object(letter?.value).data, Object(letter?.value).failures], [data, 6]);
});

Deno.test("concludeJob() retries an expected failure, and records it with the failure's own write", () => {
  const own = { sets: [{ key: ["upstream"], value: 1 }] };

  const conclusion = conclude(new Error("down"), { failure: { ...FAILURE, write: own } });

  const { dueAt, failures, firstFailedAt } = nextJob(conclusion) ?? {};
  assert.deepEqual([dueAt, failures, firstFailedAt], [NOW + 1_000, 1, NOW]);
  assert(conclusion.write.sets?.some(({ key }) => key[0] === "upstream"));
  assert.deepEqual(conclusion.end, { outcome: "failed", reason: "jumio_status" });
  assert.equal(conclusion.logLine.level, "warn");
});

Deno.test("concludeJob() waits as long as the upstream asks, and logs a bug as an error", () => {
  const failure = { ...FAILURE, isExpected: false, retryAfterMs: 60_000 };

  const conclusion = conclude(new Error("bug"), { failure });

  assert.deepEqual([nextJob(conclusion)?.dueAt, conclusion.logLine.level], [NOW + 60_000, "error"]);
});

for (
  const [what, result, job] of [
    ["cannot succeed", { kind: "dead", reason: "jumio_status" }, {}],
    ["has exhausted its schedule", new Error("down"), { failures: 9, firstFailedAt: 0 }],
  ] as const
) {
  Deno.test(`concludeJob() makes a dead letter of a job that ${what}`, () => {
    const conclusion = conclude(result, { job });

    const letter = conclusion.write.sets?.find(({ key }) => key[0] === "dead_letter");
    assert.deepEqual(letter?.key, deadLetterKey(CHECK, EXECUTION_ID));
    assert.equal(nextJob(conclusion), undefined);
    assert.deepEqual(conclusion.end, { outcome: "dead_lettered", reason: "jumio_status" });
    assert.equal(conclusion.logLine.level, "error");
  });
}

for (
  const [extendsSchedule, firstFailedAt] of [[true, NOW - 5_000 + 60_000], [
    false,
    NOW - 5_000,
  ]] as const
) {
  const verb = extendsSchedule ? "does not count" : "counts";
  Deno.test(`concludeJob() ${verb} a wait towards the end of the schedule, and keeps the failures`, () => {
    const data = { ...DATA, pollAfterMs: 7 };
    const job = { failures: 3, firstFailedAt: NOW - 5_000 };

    const conclusion = conclude(
      { kind: "wait", dueAt: NOW + 60_000, reason: "because", extendsSchedule, data },
      { job },
    );

    const next = nextJob(conclusion);
    assert.deepEqual(
      [next?.dueAt, next?.failures, next?.firstFailedAt, next?.leaseId, next?.data],
      [NOW + 60_000, 3, firstFailedAt, null, data],
    );
    assert.deepEqual(conclusion.end, { outcome: "wait", reason: "because" });
  });
}

Deno.test("concludeJob() counts lasting failures apart, and gives up after few", () => {
  const failure = { ...FAILURE, isLasting: true, status: 400 };
  const failed = { failures: 40, lastingFailures: 0, firstFailedAt: NOW };

  const first = conclude(new Error("refused"), { failure, job: failed });
  const last = conclude(new Error("refused"), {
    failure,
    job: { ...failed, lastingFailures: CHECK.schedule.lastingDelaysMs.length },
  });

  assert.deepEqual([nextJob(first)?.failures, nextJob(first)?.lastingFailures], [41, 1]);
  assert.deepEqual(last.end, { outcome: "dead_lettered", reason: "jumio_status" });
  const letter = last.write.sets?.find(({ key }) => key[0] === "dead_letter");
  assert.deepEqual([Object(letter?.value).status, Object(letter?.value).failures], [400, 41]);
});

Deno.test("concludeJob() forgets lasting failures once a run succeeds, and not by other failures", () => {
  const job = { failures: 2, lastingFailures: 2, firstFailedAt: NOW };

  const succeeded = conclude({ kind: "again", dueAt: NOW + 5, data: DATA }, { job });
  const failed = conclude(new Error("down"), { job });

  assert.equal(nextJob(succeeded)?.lastingFailures, 0);
  assert.deepEqual([nextJob(failed)?.failures, nextJob(failed)?.lastingFailures], [3, 2]);
});
