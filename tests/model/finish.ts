// SPDX-License-Identifier: Apache-2.0
import type { ActionOf } from "./actions.ts";
import { executionsOf, identityOf, type ModelState } from "./state.ts";

/** A person goes through Jumio, by their newest link or by an older one. */
export async function finish(
  state: ModelState,
  { person, older, outcome }: ActionOf<"finish">,
): Promise<void> {
  const open = executionsOf(state, identityOf(state, person))
    .filter(({ completedAt }) => completedAt === undefined);
  const one = open.at(-1 - older) ?? open.at(-1);
  if (one !== undefined) await state.jumio.finish(one.id, outcome);
}
