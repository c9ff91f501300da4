import fc from "fast-check";
import type { Config } from "../../lib/config/config.ts";
import { type Action, anyAction } from "./actions.ts";
import { createModelConfig, createWorld } from "./world.ts";

/** The same worlds each time. `deno task test:model -- --runs N` makes N new ones. */
const DEFAULT_RUNS = 500;
const DEFAULT_SEED = 20_261_128;

/** These take hours on the model's clock, so that no schedule of a day is exhausted. */
const MAX_ACTIONS = 40;

/** Shorter than the actions of a world take, so that validities end meanwhile. */
const VALIDITY_MS = 3_600_000;

const asked = Deno.args.includes("--runs")
  ? Number(Deno.args[Deno.args.indexOf("--runs") + 1])
  : undefined;
const runs = asked ?? DEFAULT_RUNS;

Deno.test(`no interleaving of ${runs} loses a verdict, writes it twice or gives it to another person`, async () => {
  const configs = [createModelConfig(), createModelConfig({ validityMs: VALIDITY_MS })] as const;

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

  await fc.assert(property, {
    numRuns: runs,
    ...(asked === undefined ? { seed: DEFAULT_SEED } : {}),
  });
});
