// SPDX-License-Identifier: Apache-2.0
import type { SimulatedExecution } from "../simulators/jumio/simulator.ts";
import { formatClock } from "./clock.ts";

/** How far a person has got, and what stands in the way. */
export interface Standing {
  /** What the bridge has written on the identity. */
  readonly status: string;
  readonly detail: string;
  /** The newest execution. */
  readonly execution:
    | Pick<SimulatedExecution, "status" | "decision" | "completedAt" | "deliveries">
    | undefined;
  /** Whether Ory has told the bridge of the registration. */
  readonly isAsked: boolean;
  /** Whether the last start has failed. */
  readonly hasFailed: boolean;
  /** How many people wait for their start before this one. */
  readonly peopleBefore: number;
  /** Whether the bridge has read the result of the execution. */
  readonly isRead: boolean;
  /** When the bridge looks for the result by itself. */
  readonly nextLookAt: number | undefined;
  readonly isBridgeKilled: boolean;
  readonly isJumioDown: boolean;
  readonly isOryDown: boolean;
}

/** What happens next, in words, and what the visitor can do about it. */
export interface NextStep {
  readonly text: string;
  /** `start_again`: as the person. `decide`: on the operator's page. */
  readonly offer?: "start_again" | "decide";
}

/** Says what happens next. Undefined while the person is to go to Jumio. */
export function describeNextStep(standing: Standing): NextStep | undefined {
  const { execution } = standing;
  if (execution === undefined) {
    return { text: `Jumio has no verification for this person yet. ${describeStart(standing)}` };
  }
  if (execution.completedAt === undefined) return undefined;
  const { status, decision } = execution;
  const end = status === "PROCESSED" ? `${status}, ${decision?.type}` : status;
  const says = `Jumio says: ${end}.`;
  const obstacle = standing.isRead ? describeWriting(standing) : describeReading(standing);
  if (obstacle !== undefined) return { text: `${says} ${obstacle}` };
  const { text, ...offer } = describeStatus(standing);
  return { text: `${says} ${text}`.trimEnd(), ...offer };
}

/** Ory calls a registration hook once, with a few retries within seconds. */
function describeStart(standing: Standing): string {
  const { isAsked, isBridgeKilled, isJumioDown, hasFailed, peopleBefore } = standing;
  if (!isAsked) {
    return "The bridge was not told of the registration, or refused it, and Ory does not call it again. " +
      "While it runs, its sweep finds this person within two minutes. Then the operator’s page counts " +
      "them and names the command that starts them. With START_MISSING_SINCE the sweep starts them by " +
      "itself.";
  }
  if (isBridgeKilled) return "The bridge has stored the start, and makes it once it runs again.";
  if (isJumioDown) {
    return "Jumio is down. The bridge has stored the start, and tries again by itself.";
  }
  if (hasFailed) return "The start has failed. The bridge tries again by itself within minutes.";
  if (peopleBefore === 0) return "The bridge starts it next.";
  const people = peopleBefore === 1 ? "one person is" : `${peopleBefore} people are`;
  return `Jumio takes one start a second, and ${people} before this one.`;
}

/** Why the bridge does not know the result yet, and when it will. */
function describeReading({ execution, ...standing }: Standing): string {
  const { isBridgeKilled, isJumioDown, nextLookAt } = standing;
  if (isBridgeKilled) return "Once the bridge runs again, it looks for the result by itself.";
  const deliveries = execution?.deliveries;
  if (deliveries === undefined) return "It calls the bridge.";
  if (deliveries.some(({ status }) => status === 200)) {
    return isJumioDown
      ? "Jumio is down. The bridge reads the result as soon as it can."
      : "The bridge reads the result.";
  }
  const [status] = deliveries.map((delivery) => delivery.status);
  const what = status === "dropped"
    ? "was dropped"
    : typeof status === "number"
    ? `was refused with ${status}`
    : "got no answer";
  const when = nextLookAt === undefined
    ? "when its link has expired"
    : `at ${formatClock(nextLookAt)}`;
  const again = isJumioDown ? ", and again until Jumio works" : "";
  return `Its callback ${what}. The bridge looks by itself ${when}${again}.`;
}

/** Why the bridge has not written what it knows. Undefined if it has. */
function describeWriting({ status, detail, isOryDown }: Standing): string | undefined {
  const isUnchanged = status === "pending" && detail !== "inconclusive";
  if (!isUnchanged) return undefined;
  return isOryDown
    ? "Ory’s admin API is down. The bridge writes the result as soon as it works."
    : "The bridge writes the result.";
}

function describeStatus({ status }: Standing): NextStep {
  switch (status) {
    case "pending":
      return { text: "There is no result. The person can start again.", offer: "start_again" };
    case "expired":
      return { text: "The person can start again.", offer: "start_again" };
    case "review":
      return { text: "An operator decides.", offer: "decide" };
    case "rejected":
      return { text: "Only an operator can allow another verification.", offer: "decide" };
  }
  return { text: "" };
}
