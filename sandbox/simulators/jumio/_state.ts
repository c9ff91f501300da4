// SPDX-License-Identifier: Apache-2.0
import type { SimulatedExecution } from "./_execution.ts";

/** What can go wrong at Jumio. Tests and the sandbox page change it while the simulator runs. */
export interface JumioFaults {
  /** Every API call answers 503. */
  isDown: boolean;
  /** Delays every API answer. */
  slowMs: number;
  /** Every API call answers 200 with a page that is not JSON. */
  isRubbish: boolean;
  /**
   * What happens to callbacks. `hold` keeps them until `releaseCallbacks`, which sends the newest
   * first. `unsigned` leaves out the token in the address. `forged` signs with a wrong secret.
   */
  callbacks: "deliver" | "drop" | "repeat" | "hold" | "unsigned" | "forged";
  /** The next create call takes effect, but its answer is lost. */
  losesNextAnswer: boolean;
  /** Every create call takes effect, and answers 500. */
  failsAfterStart: boolean;
  /** Replaces `web` in the answers to create calls. */
  webOfStarts: unknown;
  /** The next API calls answer with these statuses. */
  nextStatuses: number[];
  /** Every create call for one of these references fails with `failingStatus`. */
  failingReferences: readonly string[];
  failingStatus: number;
  /** What is wrong with the details of every execution that was processed. */
  details: "missing" | "malformed" | "too large" | "of another account" | "unfinished" | undefined;
  /** A new execution on an account is made on another account. */
  ignoresAccount: boolean;
  /** All ids and references in answers are in upper case. */
  upperCase: boolean;
}

/** Settings of a simulator. */
export interface JumioSimulatorOptions {
  /** One origin for each API, as at Jumio; or the same one for all, on loopback. */
  readonly hosts: { auth: string; account: string; retrieval: string; web: string };
  /** Sends callbacks. */
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Signs callbacks with this secret. Jumio itself does not sign them. */
  readonly signCallbacksWith?: string;
  /** The callback address for executions whose request names none. */
  readonly portalCallbackUrl?: string;
  /** In any five seconds. The default is Jumio's present limit. @default {5} */
  readonly accountsPerFiveSeconds?: number;
  /** How long details are 404 after the execution was processed. @default {0} */
  readonly detailsDelayMs?: number;
  /** Without a web domain in Jumio's portal, answers contain no web link. @default {true} */
  readonly hasWebDomain?: boolean;
  /** Where the hosted page links to when the execution names no return address. */
  readonly homeUrl?: string;
}

/** Everything that a simulator remembers. */
export interface JumioState {
  readonly options: JumioSimulatorOptions;
  readonly faults: JumioFaults;
  readonly executions: SimulatedExecution[];
  /** Ids of executions that Jumio was asked to delete. */
  readonly deletedExecutions: Set<string>;
  readonly deletedAccounts: Set<string>;
  /** Access tokens, with the time at which each expires. */
  readonly tokens: Map<string, number>;
  /** Times of the create calls of the last five seconds. */
  readonly recentStarts: number[];
  readonly heldCallbacks: { execution: SimulatedExecution; status: string }[];
}

/** Creates the state of a simulator without faults. */
export function createState(options: JumioSimulatorOptions): JumioState {
  return {
    options,
    faults: {
      isDown: false,
      slowMs: 0,
      isRubbish: false,
      callbacks: "deliver",
      losesNextAnswer: false,
      failsAfterStart: false,
      webOfStarts: undefined,
      nextStatuses: [],
      failingReferences: [],
      failingStatus: 503,
      details: undefined,
      ignoresAccount: false,
      upperCase: false,
    },
    executions: [],
    deletedExecutions: new Set(),
    deletedAccounts: new Set(),
    tokens: new Map(),
    recentStarts: [],
    heldCallbacks: [],
  };
}

/** Throws if there is no such execution. */
export function findExecution({ executions }: JumioState, id: string): SimulatedExecution {
  // Searches from the end: the bench has thousands of executions and asks for one of the newest.
  const execution = executions.findLast((known) => known.id === id);
  if (execution === undefined) throw new Error("Cannot find this execution in the simulator");
  return execution;
}
