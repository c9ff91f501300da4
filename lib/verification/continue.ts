// SPDX-License-Identifier: Apache-2.0
import { acceptRestart } from "./accept/restart.ts";
import { acceptStart } from "./accept/start.ts";
import { type Execution, executionKey } from "./executions.ts";
import { CHECK, START } from "./job_kinds.ts";
import { type Progress, type ProgressState, readProgress } from "./progress.ts";
import { reconcileIdentity, type ReconcileOptions } from "./reconcile_identity.ts";
import { waitAtMost } from "../deadline.ts";
import { bringForward, isLeased, readJob } from "../jobs/job.ts";
import type { JobRunner } from "../jobs/runner.ts";
import { updateRows } from "../kv/update.ts";
import { mergeWrites } from "../kv/write.ts";

/**
 * The person looks at an unchanged window meanwhile, and a request has ten seconds in all. What is
 * not done by then goes on after the answer.
 */
const ATTEMPT_MS = 4_000;
/** After a loss of KV, the person waits for Jumio's answer about their old execution as well. */
const CHECK_MS = 2_000;
const POLL_DELAY_MS = 250;
const MAX_POLLS = 12;

/**
 * Where the person is led: to Jumio, or to a page that shows their progress. `later`: Jumio does not
 * answer, and the start is queued. `no_way`: Jumio started an execution without a link for a browser.
 */
export type ContinueOutcome =
  | { readonly kind: "go"; readonly href: string; readonly workflowExecutionId: string }
  | { readonly kind: "show"; readonly state: ProgressState }
  | { readonly kind: "too_many" | "later" | "no_way" };

export interface ContinueOptions extends Omit<ReconcileOptions, "alsoWrite"> {
  readonly jobs: Pick<JobRunner, "attempt">;
  readonly delay: (ms: number) => Promise<void>;
  /** When an execution is polled after the person was sent to Jumio. */
  readonly reconcileAfterMs: number;
  /** How many executions one person may have in all. */
  readonly maxExecutions: number;
  /** The language in which Jumio greets the person. Without it, Jumio's own setting applies. */
  readonly locale: string | undefined;
}

/** Leads the person on: by the link that still works, or by a new execution if there is none. */
export async function continueVerification(
  identityId: string,
  options: ContinueOptions,
): Promise<ContinueOutcome> {
  const { store, jobs, now, locale, trace, maxExecutions } = options;
  const before = await readOrReconcile(identityId, options);
  if (before === undefined) return { kind: "show", state: "gone" };
  if (before.href !== undefined) return await redirect(before, options);
  if (before.state === "too_many") return { kind: "too_many" };

  const press = { identityId, maxExecutions, now: now(), locale, trace };
  const outcome = await acceptRestart(store, press);
  if (outcome === "too_many") return { kind: "too_many" };
  if (outcome === "limit_reached") return { kind: "show", state: "limit_reached" };
  if (outcome !== "not_needed") await waitAtMost(ATTEMPT_MS, jobs.attempt(START, identityId));
  const after = await waitForStart(identityId, options);
  // Erased meanwhile.
  if (!after.isKnown) return { kind: "show", state: "gone" };
  if (after.href !== undefined) return await redirect(after, options);
  if (after.state === "preparing") {
    return isPutOff(after, now()) ? { kind: "later" } : { kind: "show", state: "preparing" };
  }
  if (after.state === "too_many") return { kind: "too_many" };
  if (after.state !== "ready" && after.state !== "in_progress") {
    return { kind: "show", state: after.state };
  }
  // No other execution was started, because what was submitted with this one is being checked.
  const isKept = after.workflowExecutionId === before.workflowExecutionId;
  return isKept ? { kind: "show", state: "checking" } : { kind: "no_way" };
}

/**
 * Reads the person's progress. Without a record, the identity says how far they had got before KV was
 * lost; if it says nothing, their hook did not arrive, and they are started. Undefined if Ory does
 * not know them any more, or if they were erased.
 */
async function readOrReconcile(
  identityId: string,
  options: ContinueOptions,
): Promise<Progress | undefined> {
  const { store, jobs, now, locale, trace, maxExecutions } = options;
  const progress = await readProgress(store, { identityId, maxExecutions, now: now() });
  if (progress.isKnown) return progress;
  const { outcome } = await reconcileIdentity(identityId, options);
  if (outcome === "unknown_identity" || outcome === "erased") return undefined;
  if (outcome === "not_started") {
    await acceptStart(store, { identityId, now: now(), locale, trace });
  }
  const known = await readProgress(store, { identityId, maxExecutions, now: now() });
  if (outcome !== "adopting" || known.workflowExecutionId === null) return known;
  await waitAtMost(CHECK_MS, jobs.attempt(CHECK, known.workflowExecutionId));
  return await readProgress(store, { identityId, maxExecutions, now: now() });
}

/** Another instance may be making the start, or the rate limit may delay it for a moment. */
async function waitForStart(
  identityId: string,
  { store, now, delay, maxExecutions }: ContinueOptions,
): Promise<Progress> {
  let progress = await readProgress(store, { identityId, maxExecutions, now: now() });
  for (let polls = 0; polls < MAX_POLLS; polls++) {
    if (progress.state !== "preparing" || isPutOff(progress, now())) return progress;
    await delay(POLL_DELAY_MS);
    progress = await readProgress(store, { identityId, maxExecutions, now: now() });
  }
  return progress;
}

/** Whether the start was tried and is tried again later, or waits until it may be tried. */
function isPutOff({ startJob }: Progress, now: number): boolean {
  return startJob !== null && !isLeased(startJob, now) &&
    (startJob.failures > 0 || startJob.dueAt > now);
}

async function redirect(
  { href, workflowExecutionId }: Progress,
  options: ContinueOptions,
): Promise<ContinueOutcome> {
  if (href === undefined || workflowExecutionId === null) return { kind: "no_way" };
  await recordVisit(workflowExecutionId, options);
  return { kind: "go", href, workflowExecutionId };
}

/** Records the first visit of Jumio, and brings the first poll forward: there may be a result. */
async function recordVisit(
  workflowExecutionId: string,
  { store, now, reconcileAfterMs, trace }: ContinueOptions,
): Promise<void> {
  await updateRows(store, {
    action: "record a visit",
    async build() {
      const [row, job] = await Promise.all([
        store.get<Execution>(executionKey(workflowExecutionId)),
        readJob(store, { kind: CHECK, id: workflowExecutionId }),
      ]);
      const execution = row.value;
      if (execution === null || execution.settled !== null || execution.openedAt) {
        return { outcome: undefined };
      }
      const at = now();
      const opened = { ...execution, openedAt: at };
      const write = mergeWrites(
        { checks: [row], sets: [{ key: row.key, value: opened }] },
        bringForward(job, { kind: CHECK, dueAt: at + reconcileAfterMs, now: at, trace }),
      );
      return { write, outcome: undefined };
    },
  });
}
