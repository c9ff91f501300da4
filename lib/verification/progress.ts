import { type Job, readJob } from "../jobs/job.ts";
import { isLive } from "./accept/restart.ts";
import type { Store } from "../kv/store.ts";
import {
  type Execution,
  executionKey,
  type ExecutionLink,
  executionLinkKey,
  type Verification,
  verificationKey,
} from "./rows.ts";

/**
 * Where a person stands, as far as it makes a difference to them. `ready`: a press leads on, whether
 * there is a live link of Jumio's already or not.
 */
export type ProgressState =
  | "preparing"
  | "ready"
  | "in_progress"
  | "checking"
  | "verified"
  | "review"
  | "rejected"
  | "expired"
  | "inconclusive"
  | "gone";

/** A person's state, with what a press has to know. */
export interface Progress {
  readonly state: ProgressState;
  readonly isKnown: boolean;
  readonly workflowExecutionId: string | null;
  /** Jumio's link, while it leads on. */
  readonly href: string | undefined;
  /** The start that is on its way. */
  readonly startJob: Job<"start"> | null;
}

interface Rows {
  readonly verification: Verification;
  readonly execution: Execution | null;
  readonly startJob: Job<"start"> | null;
  readonly poll: Job<"check"> | null;
}

/** Reads where a person stands, from our own record alone. Changes nothing and calls nobody. */
export async function readProgress(
  store: Store,
  { identityId, now }: { identityId: string; now: number },
): Promise<Progress> {
  // One after the other: a start that is over has its execution in a record that is read later.
  const { value: startJob } = await readJob(store, { kind: "start", id: identityId });
  const { value: verification } = await store.get<Verification>(verificationKey(identityId));
  if (verification === null) {
    // Nobody has told us of this person yet, or KV was lost: a press finds out.
    const nothing = { isKnown: false, workflowExecutionId: null, href: undefined, startJob };
    return { state: "ready", ...nothing };
  }
  const id = verification.workflowExecutionId;
  const [execution, link, read] = id === null ? [] : await Promise.all([
    store.get<Execution>(executionKey(id)),
    store.get<ExecutionLink>(executionLinkKey(id)),
    readJob(store, { kind: "check", id }),
  ]);
  const rows: Rows = {
    verification,
    execution: execution?.value ?? null,
    startJob,
    poll: read?.value ?? null,
  };
  const isOpen = rows.execution !== null && rows.execution.settled === null;
  const live = link?.value ?? null;
  return {
    state: decideState(rows),
    isKnown: true,
    workflowExecutionId: id,
    href: isOpen && isLive(live, { now }) ? live.href : undefined,
    startJob,
  };
}

function decideState({ verification, execution, startJob, poll }: Rows): ProgressState {
  const { status, workflowExecutionId, goneAt } = verification;
  if (goneAt !== null) return "gone";
  if (status !== "pending" && status !== "expired") return status;
  if (startJob !== null && (startJob.data.replaces ?? null) === workflowExecutionId) {
    return "preparing";
  }
  if (status === "expired") return "expired";
  if (execution === null) return "ready";
  if (execution.settled !== null) {
    // Any other conclusion changes the status: it did, since the record was read a moment ago.
    return execution.settled.conclusion === "inconclusive" ? "inconclusive" : "checking";
  }
  if (poll?.data.isCalledBack === true) return "checking";
  return execution.openedAt ? "in_progress" : "ready";
}
