// SPDX-License-Identifier: Apache-2.0
import type { SimulatedIdentity } from "../simulators/kratos/simulator.ts";

export interface IdentityChange {
  readonly identity: SimulatedIdentity;
  /** The identity before the change. Undefined if it is new. */
  readonly before: SimulatedIdentity | undefined;
}

/** Compares the identities with how they were. */
export interface IdentityChanges {
  /** Returns the identities that are new or have changed since the last call. */
  update(): readonly IdentityChange[];
  /** The identity before its last change. */
  before(id: string): SimulatedIdentity | undefined;
}

/** Creates the comparison for the identities of a simulator. */
export function trackIdentities(
  identities: ReadonlyMap<string, SimulatedIdentity>,
): IdentityChanges {
  const last = new Map<string, IdentityChange>();
  return {
    update() {
      const changes: IdentityChange[] = [];
      for (const identity of identities.values()) {
        const known = last.get(identity.id)?.identity;
        if (known !== undefined && JSON.stringify(known) === JSON.stringify(identity)) continue;
        const change = { identity: structuredClone(identity), before: known };
        last.set(identity.id, change);
        changes.push(change);
      }
      return changes;
    },
    before: (id) => last.get(id)?.before,
  };
}
