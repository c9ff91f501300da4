// SPDX-License-Identifier: Apache-2.0
import type { Operator } from "../../lib/history/operator_action.ts";
import type { Store } from "../../lib/kv/store.ts";
import { expireVerification } from "../../lib/operator/expire.ts";
import { decideReview, requestRefresh } from "../../lib/operator/review.ts";
import { acceptErasure } from "../../lib/verification/accept/erasure.ts";
import { acceptRestart } from "../../lib/verification/accept/restart.ts";
import type { ActionOf } from "./actions.ts";
import { identityOf, type ModelState } from "./state.ts";

/** Who operates in a world. */
export const OPERATOR: Operator = { name: "model", secretId: "00000000" };

/** An operator changes something about a person. */
export async function operate(
  state: ModelState,
  { person, instance: index, does }: ActionOf<"operate">,
): Promise<void> {
  const instance = state.instances[index];
  if (instance === undefined || instance.isDead) return;
  const { history, clock } = state;
  const identityId = identityOf(state, person);
  const { sweep: { validityMs }, jumio: { maxExecutions } } = instance.context.config;
  const options = { identityId, now: clock.now, operator: OPERATOR, validityMs, maxExecutions };
  history.operated.add(identityId);
  if (does === "erase") history.erasing.add(identityId);
  // After an error an operator does not know what was stored, and looks.
  await operateOn(instance.context.store, { does, options, state }).catch(() => {});
}

async function operateOn(
  store: Store,
  { does, options, state: { history } }: {
    does: ActionOf<"operate">["does"];
    options: {
      identityId: string;
      now: number;
      operator: Operator;
      validityMs: number | undefined;
      maxExecutions: number;
    };
    state: ModelState;
  },
): Promise<void> {
  const { identityId } = options;
  switch (does) {
    case "restart":
      // Counted before: a crash just after the commit has stored it as well.
      history.excuses.restarts++;
      history.restarts.set(identityId, (history.restarts.get(identityId) ?? 0) + 1);
      await acceptRestart(store, options);
      return;
    case "expire":
      history.expired.add(identityId);
      await expireVerification(store, { ...options, reason: "model" });
      return;
    case "refresh":
      await requestRefresh(store, options);
      return;
    case "erase":
      await acceptErasure(store, options);
      history.erased.add(identityId);
      return;
    case "verify":
    case "reject": {
      const status = does === "verify" ? "verified" : "rejected";
      const decided = history.decisions.get(identityId) ?? new Set();
      history.decisions.set(identityId, decided.add(status));
      await decideReview(store, { ...options, status, reason: "model" });
    }
  }
}
