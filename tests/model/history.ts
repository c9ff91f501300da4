/** What has happened in a world, as far as the invariants depend on it. */
export interface History {
  /** The writes that Kratos carried out for us, in order. */
  readonly written: Written[];
  /** Identities whose registration hook was answered 200. */
  readonly promised: Set<string>;
  /** Identities that Ory has deleted. */
  readonly deleted: Set<string>;
  /** Identities that an operator changed, asked to erase, and whose erasure was confirmed. */
  readonly operated: Set<string>;
  readonly erasing: Set<string>;
  readonly erased: Set<string>;
  /** What operators decided in reviews, whether or not they got an answer. */
  readonly decisions: Map<string, Set<string>>;
  /** Each allows one more write or one more execution. */
  readonly excuses: {
    crashes: number;
    stalls: number;
    kvOutages: number;
    lostAnswers: number;
    lostPatches: number;
    restarts: number;
  };
}

/** A write that Kratos carried out for us. */
export interface Written {
  readonly identityId: string;
  readonly status: string;
  readonly verdict: string | null;
  readonly executionId: string | null;
}

/** The history of a world in which nothing has happened. */
export function createHistory(): History {
  return {
    written: [],
    promised: new Set(),
    deleted: new Set(),
    operated: new Set(),
    erasing: new Set(),
    erased: new Set(),
    decisions: new Map(),
    excuses: { crashes: 0, stalls: 0, kvOutages: 0, lostAnswers: 0, lostPatches: 0, restarts: 0 },
  };
}
