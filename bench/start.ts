// SPDX-License-Identifier: Apache-2.0
import { compare, measureAlternately, quantile } from "./_compare.ts";
import { printFigure, printHeading, printRatio } from "./_report.ts";
import {
  HOOK_SECRET,
  installExpress,
  startBare,
  startBridge,
  startSampleByTsx,
} from "./_servers.ts";

/** Imports whose cost is measured, each in a program that does nothing else. */
const IMPORTS = {
  "nothing": "",
  "zod": 'import "zod"',
  "jose": 'import "jose"',
  "node:crypto": 'import "node:crypto"',
  "all that main.ts imports": 'import "./lib/context.ts"; import "./routes/mod.ts"',
} as const;

/** Measures the time from the start of the process to the first answered sign-in. */
export async function benchStart({ isSmoke }: { isSmoke: boolean }): Promise<void> {
  await installExpress();
  const rounds = isSmoke ? 1 : 15;
  const subjects = {
    bridge: () => timeStart(startBridge),
    sample: () => timeStart(startSampleByTsx),
    bare: () => timeStart(startBare),
  };
  if (!isSmoke) await measureAlternately(subjects, { rounds: 1 }); // fills the disk caches

  const times = await measureAlternately(subjects, { rounds });

  printHeading("start: from the start of the process to its first answered sign-in");
  printRatio(
    "the bridge against the Express sample under tsx",
    compare(times.bridge, times.sample),
    {
      wanted: "at most 0.25",
    },
  );
  printRatio("the bridge against a bare Deno.serve", compare(times.bridge, times.bare));
  for (const [name, values] of Object.entries(times)) printMs(`(${name}, ms here)`, values);

  const programs = Object.entries(IMPORTS).map(([name, code]) =>
    [name, () => timeProgram(code)] as const
  );
  const imports = await measureAlternately(Object.fromEntries(programs), { rounds });
  const nothing = imports["nothing"] ?? [];
  printHeading("start: a program with one import, against one without");
  for (const [name, values] of Object.entries(imports)) {
    printRatio(name, compare(values, nothing));
    printMs(`(${name}, ms here)`, values);
  }
}

async function timeStart(
  start: () => Promise<{ url: string } & AsyncDisposable>,
): Promise<number> {
  const startedAt = performance.now();
  await using server = await start();
  const response = await fetch(`${server.url}/jumio/validate`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-webhook-secret": HOOK_SECRET },
    body: '{"identity_id":"1f6b1d5c-6f0e-4a52-9d0c-0d6f3c6f2b11"}',
  });
  if (await response.text() !== "{}") throw new Error("The first sign-in was refused");
  return performance.now() - startedAt;
}

async function timeProgram(code: string): Promise<number> {
  const cwd = new URL("../", import.meta.url);
  const startedAt = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["eval", code], cwd })
    .output();
  if (!success) throw new Error(`Cannot run: ${code}`);
  return performance.now() - startedAt;
}

function printMs(what: string, values: readonly number[]): void {
  printFigure(what, quantile(values, 0.5).toFixed(0));
}
