// SPDX-License-Identifier: Apache-2.0
import { delayOrAbort } from "../delay_or_abort.ts";
import { deleteData, serveApi } from "./_api.ts";
import { type CallbackOptions, releaseCallbacks, sendCallback } from "./_callbacks.ts";
import type { Delivery, Outcome, SimulatedExecution } from "./_execution.ts";
import { expireOverdue, finishExecution } from "./_finish.ts";
import { serveHostedPage } from "./_hosted_page.ts";
import {
  createState,
  findExecution,
  type JumioFaults,
  type JumioSimulatorOptions,
} from "./_state.ts";

export { type Outcome, OUTCOMES, type SimulatedExecution } from "./_execution.ts";

/** A simulator of the part of Jumio that the service uses. */
export interface JumioSimulator {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly faults: JumioFaults;
  readonly executions: readonly SimulatedExecution[];
  /** The API calls so far, in order. */
  readonly calls: readonly { method: string; path: string; status: number }[];
  /** Ends an execution as the person would have, and calls back. */
  finish(workflowExecutionId: string, outcome: Outcome): Promise<readonly Delivery[]>;
  /** Sends a callback that may be a repeat, or differ in status, signature, address or body. */
  sendCallback(workflowExecutionId: string, options?: CallbackOptions): Promise<Delivery>;
  releaseCallbacks(): Promise<readonly Delivery[]>;
  /** Ends the executions whose session or link has expired, and calls back. */
  tick(): Promise<void>;
  revokeTokens(): void;
  /** Deletes an account with all its executions, as Jumio does when its retention time is over. */
  deleteAccount(accountId: string): void;
}

/** Creates a simulator with a memory of its own. */
export function createJumioSimulator(options: JumioSimulatorOptions): JumioSimulator {
  const state = createState(options);
  const calls: { method: string; path: string; status: number }[] = [];

  return {
    faults: state.faults,
    executions: state.executions,
    calls,
    async fetch(request) {
      const { origin, pathname } = new URL(request.url);
      if (origin === options.hosts.web && pathname === "/web/client") {
        return await serveHostedPage(request, state);
      }
      await delayOrAbort(state.faults.slowMs, request);
      const response = await serveApi(request, state);
      calls.push({ method: request.method, path: pathname, status: response.status });
      return response;
    },
    // async, so that an unknown id rejects and does not throw.
    async finish(id, outcome) {
      return await finishExecution(state, { execution: findExecution(state, id), outcome });
    },
    async sendCallback(id, callbackOptions) {
      return await sendCallback(state, findExecution(state, id), callbackOptions);
    },
    releaseCallbacks: () => releaseCallbacks(state),
    tick: () => expireOverdue(state),
    revokeTokens: () => state.tokens.clear(),
    deleteAccount: (accountId) => deleteData(state, { accountId, executionId: undefined }),
  };
}
