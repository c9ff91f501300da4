// SPDX-License-Identifier: Apache-2.0
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import type { SharedRows } from "../support/model_store.ts";
import { readRow } from "./rows.ts";

/** A change of a record's status or verdict, as it was seen in KV. */
export interface Change {
  readonly identityId: string;
  readonly before: string;
  readonly status: string;
  readonly verdict: string | null;
  readonly validUntil: number | null;
  readonly sequence: number;
  /** How many writes Kratos had carried out before. */
  readonly writtenBefore: number;
}

/** The changes of all records, of which an application must be told. */
export interface Changes {
  /** Those since the last erasure of the identity, the oldest first. */
  of(identityId: string): readonly Change[];
  /** The same, and those before an erasure of which a delivery may be under way. */
  expectedOf(identityId: string): readonly Change[];
  all(): readonly Change[];
  /** Called after each write that KV has carried out. */
  note(shared: SharedRows): void;
  /** Called when no instance is working: no delivery is under way any more. */
  noteIdle(): void;
}

/** The state of a record as far as events tell it. */
type State = Pick<Change, "status" | "verdict">;

const NOTHING: State = { status: "none", verdict: null };

/** Creates the list of the changes of a world. */
export function createChanges(
  { people, countWritten }: {
    people: () => readonly string[];
    countWritten: () => number;
  },
): Changes {
  const states = new Map<string, State>();
  const changes = new Map<string, readonly Change[]>();
  const underWay: Change[] = [];
  const of = (identityId: string) => changes.get(identityId) ?? [];

  function noteRecord(identityId: string, record: Verification | null): void {
    const before = states.get(identityId) ?? NOTHING;
    const after = describe(record);
    states.set(identityId, after);
    if (record === null) {
      // An erasure is no change, and what was not delivered before it never is.
      underWay.push(...of(identityId));
      changes.delete(identityId);
    } else if (before.status !== after.status || before.verdict !== after.verdict) {
      const { sequence, validUntil } = record;
      const seen = { sequence, validUntil, writtenBefore: countWritten() };
      const change: Change = { identityId, ...after, ...seen, before: before.status };
      changes.set(identityId, [...of(identityId), change]);
    }
  }

  return {
    of,
    expectedOf: (identityId) => [...of(identityId), ...underWay],
    all: () => [...changes.values()].flat(),
    note(shared) {
      for (const identityId of people()) {
        noteRecord(identityId, readRow<Verification>(shared, verificationKey(identityId)));
      }
    },
    noteIdle: () => void underWay.splice(0),
  };
}

function describe(record: Verification | null): State {
  if (record === null) return NOTHING;
  const { status, verdict, workflowExecutionId } = record;
  return status === "pending" && workflowExecutionId === null ? NOTHING : { status, verdict };
}
