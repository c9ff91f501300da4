// SPDX-License-Identifier: Apache-2.0
import { createStore } from "../../lib/kv/store.ts";
import type { SimulatedExecution } from "../../sandbox/simulators/jumio/simulator.ts";
import type { SimulatedIdentity } from "../../sandbox/simulators/kratos/simulator.ts";
import { createTestContext, type TestContext } from "../support/context.ts";
import { OPERATOR_SECRET } from "../support/operator_api.ts";
import { EVENTS_ENV } from "../support/receiver.ts";

/** People with open work, named after it, and the status that each must have in the end. */
export const PEOPLE = {
  "waits-for-a-start": "verified",
  "is-at-jumio": "rejected",
  "was-called-back": "review",
  "is-not-published": "verified",
  "is-verified": "verified",
  "is-rejected": "rejected",
  "is-in-review": "review",
  "let-the-link-expire": "expired",
  "is-being-erased": "verified",
} as const;

export type PersonName = keyof typeof PEOPLE;

/** What Jumio and Ory know beside the KV of a fixture. */
export interface Neighbours {
  /** The time of the service's clock. */
  readonly now: number;
  /** The time of this machine, by which KV deletes rows. */
  readonly writtenAt: number;
  readonly identities: readonly SimulatedIdentity[];
  readonly executions: readonly SimulatedExecution[];
}

/** The service on a KV file, in this process, with simulators. */
export function createServiceOn(path: string): Promise<TestContext> {
  return createTestContext({
    store: createStore({ open: () => Deno.openKv(path) }),
    env: { ...EVENTS_ENV, "OPERATOR_SECRET": OPERATOR_SECRET, "VERIFICATION_VALID_DAYS": "365" },
  });
}
