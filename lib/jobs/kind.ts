// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import type { Schedule } from "./schedule.ts";

/** A kind of job. `Data` is what its jobs keep beside their id, `Name` its part of the KV keys. */
export interface JobKind<Data = unknown, Name extends string = string> {
  readonly name: Name;
  /** What a job's id is the id of, as a log field. */
  readonly idField: "identityId" | "workflowExecutionId" | "sweep" | "eventId";
  /** Whose timeline shows what becomes of a job. Missing: its id is the id of that timeline. */
  subjectOf?(id: string): string;
  /** Creates the schema of the data, in the row of a job, of a request and of a dead letter. */
  readonly data: () => z.ZodType<Data>;
  /** How many jobs of the kind one instance runs at once, to spare an upstream that recovers. */
  readonly concurrency: number;
  /**
   * How long after the end of a lease another run may begin. More than 0 where two runs at once do
   * harm: clocks of instances differ, so a lease can end early for another instance.
   */
  readonly takeOverDelayMs: number;
  /** When a failed job is tried again. */
  readonly schedule: Schedule;
  /** Whether a job that waits for its next run is a poll, which the timeline shows. */
  readonly isPoll: boolean;
  /** The data of a job that is requested again before it is done. Must be idempotent. */
  mergeData(existing: Data, requested: Data): Data;
}

/** The id of the timeline that shows what becomes of a job. */
export function subjectOf(kind: JobKind, id: string): string {
  return kind.subjectOf?.(id) ?? id;
}
