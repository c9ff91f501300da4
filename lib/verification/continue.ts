import type { Context } from "../context.ts";
import { isLeased, readJob, requestJob } from "../jobs/job.ts";
import { acceptRestart } from "./accept/restart.ts";
import { type Position, readPosition, type Standing } from "./progress.ts";
import { mergeWrites, type Store } from "../kv/store.ts";
import { takeUp } from "./adopt.ts";
import { type Execution, executionKey } from "./rows.ts";
import { within } from "../wait_at_most.ts";

/**
 * The person looks at an unchanged window meanwhile, and a request has ten seconds in all. What is
 * not done by then goes on after the answer.
 */
const ATTEMPT_MS = 4_000;
const PAUSE_MS = 250;
const PAUSES = 12;

/** How often the way to Jumio is noted when another write was faster. */
const NOTE_ATTEMPTS = 5;

/**
 * Where a press leads: to Jumio, or to a page that says where the person stands. `later`: Jumio does
 * not answer, and the wish is kept. `no_way`: Jumio started one and gave no address for a browser.
 */
export type PressOutcome =
  | { readonly kind: "go"; readonly href: string; readonly workflowExecutionId: string }
  | { readonly kind: "show"; readonly standing: Standing }
  | { readonly kind: "too_many" | "later" | "no_way" };

/** What a press needs of the service. */
type PressOptions =
  & Pick<Context, "config" | "store" | "jobs" | "kratos" | "now" | "sleep">
  & { readonly locale: string };

/** Leads the person on: by the link that lives, or by a new execution where there is none. */
export async function press(identityId: string, options: PressOptions): Promise<PressOutcome> {
  const { store, jobs, now, locale } = options;
  const before = await readKnown(identityId, options);
  if (before === undefined) return { kind: "show", standing: "gone" };
  if (before.href !== undefined) return await lead(before, options);

  const outcome = await acceptRestart(store, { identityId, now: now(), locale });
  if (outcome === "too_many") return { kind: "too_many" };
  if (outcome !== "not_needed") {
    await within(ATTEMPT_MS, jobs.attempt("start", identityId));
  }
  const after = await waitForStart(identityId, options);
  if (after.href !== undefined) return await lead(after, options);
  if (after.standing === "preparing") {
    return isFailing(after, now()) ? { kind: "later" } : { kind: "show", standing: "preparing" };
  }
  if (after.standing !== "ready" && after.standing !== "in_progress") {
    return { kind: "show", standing: after.standing };
  }
  // No new one was started, because what was handed in with this one is being checked.
  const isKept = after.workflowExecutionId === before.workflowExecutionId;
  return isKept ? { kind: "show", standing: "checking" } : { kind: "no_way" };
}

/** Undefined when Ory does not know the person any more. */
async function readKnown(
  identityId: string,
  options: PressOptions,
): Promise<Position | undefined> {
  const { store, now } = options;
  const position = await readPosition(store, { identityId, now: now() });
  if (position.isKnown) return position;
  if (!await takeUp(identityId, options)) return undefined;
  return await readPosition(store, { identityId, now: now() });
}

/** Another instance may be at it, or the turn may be another person's for a moment. */
async function waitForStart(
  identityId: string,
  { store, now, sleep }: PressOptions,
): Promise<Position> {
  let position = await readPosition(store, { identityId, now: now() });
  for (let pauses = 0; pauses < PAUSES; pauses++) {
    if (position.standing !== "preparing" || isFailing(position, now())) return position;
    await sleep(PAUSE_MS);
    position = await readPosition(store, { identityId, now: now() });
  }
  return position;
}

function isFailing({ startJob }: Position, now: number): boolean {
  return startJob !== null && startJob.failures > 0 && !isLeased(startJob, now);
}

async function lead(
  { href, workflowExecutionId }: Position,
  { store, now, config }: PressOptions,
): Promise<PressOutcome> {
  if (href === undefined || workflowExecutionId === null) return { kind: "no_way" };
  const at = { workflowExecutionId, now: now(), reconcileAfterMs: config.reconcileAfterMs };
  await noteWay(store, at);
  return { kind: "go", href, workflowExecutionId };
}

/** Notes that the person went to Jumio, and brings the first poll forward: there may be a result. */
async function noteWay(
  store: Store,
  { workflowExecutionId, now, reconcileAfterMs }: {
    workflowExecutionId: string;
    now: number;
    reconcileAfterMs: number;
  },
): Promise<void> {
  for (let attempt = 1; attempt <= NOTE_ATTEMPTS; attempt++) {
    const row = await store.get<Execution>(executionKey(workflowExecutionId));
    const execution = row.value;
    if (execution === null || execution.settled !== null || execution.openedAt) return;
    const job = await readJob(store, { kind: "read", id: workflowExecutionId });
    const poll = job.value === null ? {} : requestJob(job, {
      kind: "read",
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
