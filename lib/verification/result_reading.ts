// SPDX-License-Identifier: Apache-2.0
import { CHECK, type CheckData } from "./job_kinds.ts";
import { type DeadLetter, deadLetterKey } from "../jobs/dead_letters.ts";
import { type Job, jobKey } from "../jobs/job.ts";
import type { Store } from "../kv/store.ts";

/** A person who has waited for so long should not wait without a word. */
const LATE_AFTER_MS = 3_600_000;

/**
 * How it goes to read the result of an execution. `late`: each try has failed for an hour. `given_up`:
 * the check is a dead letter, so the execution can come to a decision only if an operator replays it.
 */
export type ResultReading = "normal" | "late" | "given_up";

/** Reads how it goes to read the result of an execution, and the job that does it. */
export async function readResultReading(
  store: Store,
  { workflowExecutionId: id, now }: { workflowExecutionId: string; now: number },
): Promise<{ reading: ResultReading; check: Job<CheckData> | null }> {
  const [{ value: check }, { value: letter }] = await store.getMany<[Job<CheckData>, DeadLetter]>([
    jobKey(CHECK, id),
    deadLetterKey(CHECK, id),
  ]);
  const failingSince = check?.firstFailedAt ?? now;
  const isLate = now - failingSince >= LATE_AFTER_MS;
  return { reading: letter !== null ? "given_up" : isLate ? "late" : "normal", check };
}
