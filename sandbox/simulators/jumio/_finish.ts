// SPDX-License-Identifier: Apache-2.0
import { announce } from "./_callbacks.ts";
import {
  type Delivery,
  endExecution,
  type Outcome,
  type SimulatedExecution,
} from "./_execution.ts";
import type { JumioState } from "./_state.ts";

const SESSION_MS = 15 * 60_000;

/** Ends an execution and calls back. */
export async function finishExecution(
  state: JumioState,
  { execution, outcome }: { execution: SimulatedExecution; outcome: Outcome },
): Promise<readonly Delivery[]> {
  endExecution(execution, { outcome, at: state.options.now() });
  execution.deliveries = await announce(state, execution);
  return execution.deliveries;
}

/** Ends the executions whose session or link has expired, and calls back. */
export async function expireOverdue(state: JumioState): Promise<void> {
  const { executions, options: { now } } = state;
  for (const execution of executions.filter(({ completedAt }) => completedAt === undefined)) {
    const { startedAt, linkExpiresAt } = execution;
    if (startedAt !== undefined && startedAt + SESSION_MS <= now()) {
      await finishExecution(state, { execution, outcome: "abandoned" });
    } else if (linkExpiresAt <= now()) {
      await finishExecution(state, { execution, outcome: "link_expired" });
    }
  }
}
