import type { Context } from "../context.ts";
import { isLeased, readJob, requestJob } from "../jobs/job.ts";
import { acceptRestart } from "./accept/restart.ts";
import { type Progress, type ProgressState, readProgress } from "./progress.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites } from "../kv/write.ts";
import { adopt } from "./adopt.ts";
import { type Execution, executionKey } from "./rows.ts";
import { waitAtMost } from "../deadline.ts";

/**
 * The person looks at an unchanged window meanwhile, and a request has ten seconds in all. What is
 * not done by then goes on after the answer.
 */
const ATTEMPT_MS = 4_000;
const POLL_DELAY_MS = 250;
const MAX_POLLS = 12;

/** How often the way to Jumio is noted when another write was faster. */
const VISIT_ATTEMPTS = 5;

/**
 * Where a press leads: to Jumio, or to a page that says where the person stands. `later`: Jumio does
 * not answer, and the wish is kept. `no_way`: Jumio started one and gave no address for a browser.
 */
export type ContinueOutcome =
  | { readonly kind: "go"; readonly href: string; readonly workflowExecutionId: string }
  | { readonly kind: "show"; readonly state: ProgressState }
  | { readonly kind: "too_many" | "later" | "no_way" };

/** What a press needs of the service. */
type ContinueOptions =
  & Pick<Context, "config" | "store" | "jobs" | "kratos" | "now" | "delay">
  & { readonly locale: string };

/** Leads the person on: by the link that lives, or by a new execution where there is none. */
export async function continueVerification(
  identityId: string,
  options: ContinueOptions,
): Promise<ContinueOutcome> {
  const { store, jobs, now, locale } = options;
  const before = await readKnown(identityId, options);
  if (before === undefined) return { kind: "show", state: "gone" };
  if (before.href !== undefined) return await redirect(before, options);

  const outcome = await acceptRestart(store, { identityId, now: now(), locale });
  if (outcome === "too_many") return { kind: "too_many" };
  if (outcome !== "not_needed") {
    await waitAtMost(ATTEMPT_MS, jobs.attempt("start", identityId));
  }
  const after = await waitForStart(identityId, options);
  if (after.href !== undefined) return await redirect(after, options);
  if (after.state === "preparing") {
    return isFailing(after, now()) ? { kind: "later" } : { kind: "show", state: "preparing" };
  }
  if (after.state !== "ready" && after.state !== "in_progress") {
    return { kind: "show", state: after.state };
  }
  // No new one was started, because what was handed in with this one is being checked.
  const isKept = after.workflowExecutionId === before.workflowExecutionId;
  return isKept ? { kind: "show", state: "checking" } : { kind: "no_way" };
}

/** Undefined when Ory does not know the person any more. */
async function readKnown(
  identityId: string,
  options: ContinueOptions,
): Promise<Progress | undefined> {
  const { store, now } = options;
  const position = await readProgress(store, { identityId, now: now() });
  if (position.isKnown) return position;
  if (!await adopt(identityId, options)) return undefined;
  return await readProgress(store, { identityId, now: now() });
}

/** Another instance may be at it, or the turn may be another person's for a moment. */
async function waitForStart(
  identityId: string,
  { store, now, delay }: ContinueOptions,
): Promise<Progress> {
  let position = await readProgress(store, { identityId, now: now() });
  for (let polls = 0; polls < MAX_POLLS; polls++) {
    if (position.state !== "preparing" || isFailing(position, now())) return position;
    await delay(POLL_DELAY_MS);
    position = await readProgress(store, { identityId, now: now() });
  }
  return position;
}

function isFailing({ startJob }: Progress, now: number): boolean {
  return startJob !== null && startJob.failures > 0 && !isLeased(startJob, now);
}

async function redirect(
  { href, workflowExecutionId }: Progress,
  { store, now, config }: ContinueOptions,
): Promise<ContinueOutcome> {
  if (href === undefined || workflowExecutionId === null) return { kind: "no_way" };
  const at = { workflowExecutionId, now: now(), reconcileAfterMs: config.reconcileAfterMs };
  await recordVisit(store, at);
  return { kind: "go", href, workflowExecutionId };
}

/** Notes that the person went to Jumio, and brings the first poll forward: there may be a result. */
async function recordVisit(
  store: Store,
  { workflowExecutionId, now, reconcileAfterMs }: {
    workflowExecutionId: string;
    now: number;
    reconcileAfterMs: number;
  },
): Promise<void> {
  for (let attempt = 1; attempt <= VISIT_ATTEMPTS; attempt++) {
    const row = await store.get<Execution>(executionKey(workflowExecutionId));
    const execution = row.value;
    if (execution === null || execution.settled !== null || execution.openedAt) return;
    const job = await readJob(store, { kind: "check", id: workflowExecutionId });
    const poll = job.value === null ? {} : requestJob(job, {
      kind: "check",
      id: workflowExecutionId,
      data: job.value.data,
      dueAt: now + reconcileAfterMs,
      now,
    });
    const note = {
      checks: [row],
      sets: [{ key: row.key, value: { ...execution, openedAt: now } }],
    };
    if (await store.commit(mergeWrites(note, poll))) return;
  }
}
