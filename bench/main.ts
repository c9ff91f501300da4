// SPDX-License-Identifier: Apache-2.0
/**
 * Compares the bridge with other servers in one run, and prints ratios. Arguments name the parts to
 * run; without any, all run. `--smoke` makes each part as short as possible.
 *
 * @module
 */

import { benchCallback } from "./callback.ts";
import { benchDrain } from "./drain.ts";
import { benchGrowth } from "./growth.ts";
import { benchStart } from "./start.ts";
import { benchSweep } from "./sweep.ts";
import { benchValidate } from "./validate.ts";

const PARTS = {
  validate: benchValidate,
  start: benchStart,
  callback: benchCallback,
  growth: benchGrowth,
  drain: benchDrain,
  sweep: benchSweep,
} as const;

const isSmoke = Deno.args.includes("--smoke");
const wanted = Deno.args.filter((arg) => !arg.startsWith("--"));
for (const [name, bench] of Object.entries(PARTS)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench({ isSmoke });
}
