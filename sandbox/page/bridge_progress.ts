// SPDX-License-Identifier: Apache-2.0
import type { SimulatedExecution } from "../simulators/jumio/simulator.ts";
import type { ObservedCall } from "./observed_call.ts";

/** What the bridge is known to have done, by its calls. */
export interface BridgeProgress {
  note(call: ObservedCall): void;
  /** Whether Ory has told the bridge of the registration of this identity. */
  isAsked(identityId: string): boolean;
  /** Whether Jumio has answered the last start of this identity with an error, or not at all. */
  hasFailed(identityId: string): boolean;
  /** Whether the bridge has read the result of this execution. */
  isRead(execution: SimulatedExecution): boolean;
  /** When the bridge looks at an execution by itself. Undefined if nobody has gone to Jumio for it. */
  nextLookAt(execution: SimulatedExecution): number | undefined;
}

/** Polls of an execution that had not ended. */
interface Polls {
  readonly count: number;
  readonly lastAt: number;
}

const HOOK = "/jumio/initiate";
const EXECUTION = /\/workflow-executions\/([^/]+)(\/status)?$/;

/** Creates a record without calls. `reconcileAfterMs` is a setting of the bridge. */
export function trackBridge(
  { executions, reconcileAfterMs }: {
    executions: readonly SimulatedExecution[];
    reconcileAfterMs: number;
  },
): BridgeProgress {
  const asked = new Set<string>();
  const failed = new Set<string>();
  const read = new Set<string>();
  const polls = new Map<string, Polls>();

  /** Ory tries a hook again, so an attempt that fails may not be the last. */
  function noteHook({ request, answer }: ObservedCall): void {
    const id = /"identity_id": "([^"]+)"/.exec(request.body)?.[1];
    if (id === undefined) return;
    if (answer === undefined || answer.status === 200) asked.add(id);
    else asked.delete(id);
  }

  function noteStart({ request, answer }: ObservedCall): void {
    const id = /"customerInternalReference": "([^"]+)"/.exec(request.body)?.[1];
    if (id === undefined || answer === undefined) return;
    if (answer.status === 200) failed.delete(id);
    else failed.add(id);
  }

  function noteRead({ path, startedAt, answer }: ObservedCall): void {
    const [, id = "", isPoll] = EXECUTION.exec(path) ?? [];
    const execution = executions.find((known) => known.id === id);
    if (answer?.status !== 200 || execution === undefined) return;
    const hasEnded = execution.completedAt !== undefined && execution.completedAt <= startedAt;
    if (hasEnded && isPoll === undefined) read.add(id);
    const { count } = polls.get(id) ?? { count: 0 };
    if (!hasEnded && isPoll !== undefined) polls.set(id, { count: count + 1, lastAt: startedAt });
  }

  return {
    note(call) {
      const { from, to, method, path } = call;
      if (from === "ory" && to === "bridge" && path === HOOK) noteHook(call);
      if (from !== "bridge" || to !== "jumio") return;
      if (method === "GET") noteRead(call);
      else noteStart(call);
    },
    isAsked: (id) => asked.has(id),
    hasFailed: (id) => failed.has(id),
    isRead: ({ id }) => read.has(id),
    nextLookAt({ id, startedAt }) {
      const { count, lastAt } = polls.get(id) ?? { count: 0, lastAt: startedAt };
      // Each wait is twice as long as the one before.
      return lastAt === undefined ? undefined : lastAt + reconcileAfterMs * 2 ** count;
    },
  };
}
