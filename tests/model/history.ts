/** What has happened in a world, as far as it bears on what must be so. */
export interface History {
  /** What Kratos has carried out for us, in order. */
  readonly written: Written[];
  /** Identities whose start was taken in with a 200. */
  readonly promised: Set<string>;
  /** Identities that Ory has deleted. */
  readonly deleted: Set<string>;
  /** Identities that an operator has touched, asked to erase, and was told that they are. */
  readonly operated: Set<string>;
  readonly erasing: Set<string>;
  readonly erased: Set<string>;
  /** What operators have decided of reviews, whether they know it or not. */
  readonly decisions: Map<string, Set<string>>;
  /** What excuses one more write or one more execution than there should be. */
  readonly excuses: {
    crashes: number;
    stalls: number;
    kvOutages: number;
    lostAnswers: number;
    lostPatches: number;
    restarts: number;
  };
}

/** A write that Kratos has carried out for us. */
export interface Written {
  readonly identityId: string;
  readonly status: string;
  readonly verdict: string | null;
  readonly executionId: string | null;
}

/** A world's beginning. */
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
