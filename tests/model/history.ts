// SPDX-License-Identifier: Apache-2.0
/** What has happened in a world, as far as the invariants depend on it. */
export interface History {
  /** The writes that Kratos carried out for us, in order. */
  readonly written: Written[];
  /** The metadata that each identity had after our writes, the oldest first. */
  readonly copies: Map<string, unknown[]>;
  /** Identities whose metadata another program wrote at any time. */
  readonly overwritten: Set<string>;
  /** Identities whose metadata another program made `verified`, until our next write. */
  readonly falselyVerified: Set<string>;
  /** The sign-ins that succeeded, in order. */
  readonly signedIn: SignedIn[];
  /** Identities whose registration hook was answered 200. */
  readonly promised: Set<string>;
  /** Identities that Ory has deleted. */
  readonly deleted: Set<string>;
  /** Identities that an operator changed, asked to erase, and whose erasure was confirmed. */
  readonly operated: Set<string>;
  readonly erasing: Set<string>;
  readonly erased: Set<string>;
  /** Identities whose verification an operator asked to end. */
  readonly expired: Set<string>;
  /** How often operators asked for another execution. */
  readonly restarts: Map<string, number>;
  /** What operators decided in reviews, whether or not they got an answer. */
  readonly decisions: Map<string, Set<string>>;
  /** Each allows one more write or one more execution. */
  readonly excuses: {
    crashes: number;
    stalls: number;
    kvOutages: number;
    lostAnswers: number;
    lostPatches: number;
    publishedAgain: number;
    restarts: number;
  };
}

/** A sign-in that succeeded. The rest is as it was when the sign-in began. */
export interface SignedIn {
  readonly identityId: string;
  /** The status in our record. */
  readonly status: string | undefined;
  readonly isKvDown: boolean;
  readonly isFalselyVerified: boolean;
}

/** A write that Kratos carried out for us. */
export interface Written {
  readonly identityId: string;
  readonly status: string;
  readonly verdict: string | null;
  readonly detail: string | null;
  readonly executionId: string | null;
}

/** The history of a world in which nothing has happened. */
export function createHistory(): History {
  return {
    written: [],
    copies: new Map(),
    overwritten: new Set(),
    falselyVerified: new Set(),
    signedIn: [],
    promised: new Set(),
    deleted: new Set(),
    operated: new Set(),
    erasing: new Set(),
    erased: new Set(),
    expired: new Set(),
    restarts: new Map(),
    decisions: new Map(),
    excuses: {
      crashes: 0,
      stalls: 0,
      kvOutages: 0,
      lostAnswers: 0,
      lostPatches: 0,
      publishedAgain: 0,
      restarts: 0,
    },
  };
}
