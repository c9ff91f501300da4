// SPDX-License-Identifier: Apache-2.0
import { createModelConfig, createWorld } from "./world.ts";
import type { Action } from "./actions.ts";

/** Random orders of actions rarely get here: the first event must fail just before the verdict. */
const ACTIONS: readonly Action[] = [
  { type: "fault", fault: "application refuses an event", isOn: true },
  { type: "register", person: 0, instances: [0], atOnce: false },
  { type: "finish", person: 0, older: 0, outcome: "passed" },
  { type: "callback", person: 0, execution: 0, how: "genuine", instances: [0] },
  { type: "advance", seconds: 1, stalls: false },
];

Deno.test("an event that was refused is not overtaken by the verdict", async () => {
  const world = createWorld(createModelConfig(), 1);

  for (const action of ACTIONS) {
    await world.apply(action);
    world.check();
  }

  await world.heal();
  await world.stop();
});
