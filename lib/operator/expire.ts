// SPDX-License-Identifier: Apache-2.0
import { type Operator, recordAction } from "../history/operator_action.ts";
import { readJob } from "../jobs/job.ts";
import type { Store } from "../kv/store.ts";
import { updateRows } from "../kv/update.ts";
import { mergeWrites } from "../kv/write.ts";
import { PUBLISH } from "../verification/job_kinds.ts";
import { requestPublish } from "../verification/requests.ts";
import { beginRound } from "../verification/round.ts";
import { saveVerification, type Verification, verificationKey } from "../verification/rows.ts";

/**
 * Ends a verification at once, as the end of its validity does: it begins a round, and the person has
 * to verify again.
 *
 * @returns False where the status is not `verified` or `review`: nothing was changed.
 */
export async function expireVerification(
  store: Store,
  { identityId, reason, operator, now, trace }: {
    identityId: string;
    /** A code. */
    reason: string;
    operator: Operator;
    now: number;
    trace?: string | undefined;
  },
): Promise<boolean> {
  return await updateRows(store, {
    action: "expire a verification",
    async build() {
      const row = await store.get<Verification>(verificationKey(identityId));
      const ended = row.value && beginRound(row.value, { cause: "expire", now });
      if (!ended) return { outcome: false };
      const publish = await readJob(store, { kind: PUBLISH, id: identityId });
      const write = mergeWrites(
        saveVerification(row, ended),
        requestPublish(publish, { identityId, now, trace }),
        recordAction(identityId, { at: now, action: "expire", operator, details: { reason } }),
      );
      return { write, outcome: true };
    },
  });
}
