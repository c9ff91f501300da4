// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import type { Config } from "../../lib/config/config.ts";
import { type Action, anyAction } from "./actions.ts";
import { createModelConfig, createWorld } from "./world.ts";

/** `deno task test:model --runs N` asks for more. */
const DEFAULT_RUNS = 500;

/** These take hours on the model's clock, so that no schedule of a day is exhausted. */
const MAX_ACTIONS = 40;

/** Shorter than the actions of a world take, so that validities end meanwhile. */
const VALIDITY_MS = 3_600_000;

/** So few that a person reaches the limit within a world. */
const MAX_EXECUTIONS = 2;

const runs = Number(Deno.args[Deno.args.indexOf("--runs") + 1] ?? DEFAULT_RUNS) || DEFAULT_RUNS;

Deno.test(`no interleaving of ${runs} loses a verdict, writes it twice or gives it to another person`, async () => {
  const configs = [
    createModelConfig(),
    createModelConfig({ validityMs: VALIDITY_MS }),
    createModelConfig({ validityMs: VALIDITY_MS, maxExecutions: MAX_EXECUTIONS }),
  ] as const;

  const property = fc.asyncProperty(
    fc.array(anyAction, { minLength: 1, maxLength: MAX_ACTIONS, size: "max" }),
    fc.integer(),
    fc.constantFrom(...configs),
    async (actions: Action[], seed: number, config: Config) => {
      const world = createWorld(config, seed);
      try {
        for (const action of actions) {
          await world.apply(action);
          world.check();
        }
        await world.heal();
      } finally {
        await world.stop();
      }
    },
  );

  await fc.assert(property, { numRuns: runs });
});
