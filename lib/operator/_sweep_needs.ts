// SPDX-License-Identifier: Apache-2.0
import type { SweepState } from "../verification/sweep.ts";
import { describeNeverStarted } from "./format.ts";
import { type Need, NOTHING } from "./need.ts";

/** Lists what the last sweep found and did not repair. */
export function listSweepNeeds(sweep: SweepState): readonly Need[] {
  const { last, neverStarted, state } = sweep;
  const stopped: Need = {
    ...NOTHING,
    what: "sweep_stopped",
    title: "The sweep stopped: too many identities differ from our records",
    nextStep: "Look at some of them with verification show. If our records are right: sweep --yes",
    since: last?.endedAt ?? null,
    job: "sweep",
  };
  const missing: Need = {
    ...NOTHING,
    what: "never_started",
    title: describeNeverStarted(neverStarted),
    nextStep: "verification start IDENTITY starts one. For all: START_MISSING_SINCE, then sweep",
    count: neverStarted,
    since: last?.startedAt ?? null,
  };
  return [
    ...(state === "stopped" ? [stopped] : []),
    ...listLeft(sweep),
    ...(neverStarted > 0 ? [missing] : []),
  ];
}

/** The identities that differed and were not repaired, and those that could not be read. */
function listLeft({ last, lastDryRun, state }: SweepState): readonly Need[] {
  const isDryRun = (lastDryRun?.endedAt ?? 0) > (last?.endedAt ?? 0);
  const report = isDryRun ? lastDryRun : last;
  if (report === null) return [];
  const { startedAt: since, counts: { differing, published, adopting, failed } } = report;
  const isUnrepaired = isDryRun || state === "stopped";
  const left = isUnrepaired ? differing : Math.max(0, differing - published - adopting);
  const differ: Need = {
    ...NOTHING,
    what: "differing_identities",
    title: `${left} ${left === 1 ? "identity differs" : "identities differ"} from our records`,
    nextStep: "verification show says where. verification publish repairs one, and sweep all",
    count: left,
    since,
  };
  const unread: Need = {
    ...NOTHING,
    what: "unread_identities",
    title: `${failed} ${failed === 1 ? "identity" : "identities"} could not be read by the sweep`,
    nextStep: "The log names each. Look at them in Ory",
    count: failed,
    since,
  };
  return [...(left > 0 ? [differ] : []), ...(failed > 0 ? [unread] : [])];
}
