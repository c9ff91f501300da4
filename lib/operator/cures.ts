// SPDX-License-Identifier: Apache-2.0
import { JOB_KIND_NAMES, type JobKindName } from "../verification/job_kinds.ts";
import { type Cure, CURES } from "./cure_table.ts";

/** A failure of a job in words. */
export interface DescribedFailure {
  readonly upstream: Cure["upstream"];
  /** What the job was to do. It completes "could not". */
  readonly action: string;
  readonly meaning: string;
  readonly nextStep: string;
}

const ACTIONS: Readonly<Record<JobKindName, string>> = {
  start: "create an execution",
  check: "read a result",
  publish: "write to the identity",
  notify: "deliver an event to the application",
  expire: "end a verification whose validity is over",
  erase: "erase a person",
  sweep: "compare all identities",
};

/** Of reasons that an older or newer version stored. */
const UNKNOWN: Cure = {
  reasons: [],
  statuses: null,
  upstream: null,
  meaning: "This version does not know the reason",
  nextStep: "Look for the reason in the log",
};

/** What a failure means and what to do. */
export function findCure(
  { reason, status }: { reason: string; status: number | null },
): Cure {
  const rows = CURES.filter(({ reasons }) => reasons.includes(reason));
  const range = status !== null && status >= 500 ? "5xx" : undefined;
  return rows.find(({ statuses }) => statuses?.some((each) => each === status || each === range)) ??
    rows.find(({ statuses }) => statuses === null) ?? UNKNOWN;
}

/** Puts a failure of a job into words. */
export function describeFailure(
  { kind, ...failure }: { kind: string; reason: string; status: number | null },
): DescribedFailure {
  const { upstream, meaning, nextStep } = findCure(failure);
  return { upstream, action: nameAction(kind), meaning, nextStep };
}

/** What a job of a kind does, as in "could not …". */
export function nameAction(kind: string): string {
  const known = JOB_KIND_NAMES.find((name) => name === kind);
  return known === undefined ? kind : ACTIONS[known];
}

/** How an upstream failed: `Jumio answered 401`, or the reason where the status does not say it. */
export function describeCause(
  failure: { reason: string; status: number | null },
): string {
  const { reason, status } = failure;
  const { upstream } = findCure(failure);
  if (upstream === null || status === null) return reason;
  return status >= 300 ? `${upstream} answered ${status}` : `${reason} (HTTP ${status})`;
}
