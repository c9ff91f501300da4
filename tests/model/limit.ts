// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ALLOWED_BY_RESTART } from "../../lib/verification/execution_limit.ts";
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import { recordedOf } from "./rounds.ts";
import { readRow } from "./rows.ts";
import type { ModelState } from "./state.ts";

/**
 * A record counts its executions, and there are no more of them than the setting says, whatever happens.
 * Only an operator's restart allows more.
 */
export function checkLimit(state: ModelState): void {
  const { people, shared, history, instances: [instance] } = state;
  const { maxExecutions } = instance?.context.config.jumio ?? assert.fail("no instance");
  for (const identityId of people) {
    const record = readRow<Verification>(shared, verificationKey(identityId));
    if (record === null) continue;
    const recorded = recordedOf(state, identityId).length;
    assert.equal(record.executionCount, recorded, "a record counts its executions wrongly");
    const restarts = history.restarts.get(identityId) ?? 0;
    const most = maxExecutions + ALLOWED_BY_RESTART * restarts;
    assert(recorded <= most, "a person has more executions than allowed in all");
    assert(
      record.executionsAllowed === null || restarts > 0,
      "more executions were allowed without an operator",
    );
  }
}
