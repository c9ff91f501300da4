// SPDX-License-Identifier: Apache-2.0
/**
 * Runs two instances on one denokv at half of their capacity, with upstreams that sometimes fail.
 * Takes 10 minutes, or `--minutes N`; `--smoke` takes seconds.
 *
 * @module
 */

import { startDenokv } from "../sandbox/processes/denokv.ts";
import { type Fleet, startFleet } from "../sandbox/processes/fleet.ts";
import { type Caller, startCaller } from "./_caller.ts";
import { quantile } from "./_compare.ts";
import { createSamples, type Samples, travel } from "./_journey.ts";
import { plotLines, type Series } from "./_plot.ts";
import { readProcessUse } from "./_process.ts";
import { printFigure, printHeading, round } from "./_report.ts";
import { benchStorm } from "./storm.ts";

/** People at once while the capacity is measured. */
const PEOPLE_AT_ONCE = 12;

const PLOT = new URL("../docs/performance/load.svg", import.meta.url);

const isSmoke = Deno.args.includes("--smoke");
const minutesAt = Deno.args.indexOf("--minutes");
const minutes = isSmoke ? 0.1 : minutesAt === -1 ? 10 : Number(Deno.args[minutesAt + 1]);

/** How long the capacity is measured: long enough for confirmations, a minute after each verdict. */
const SECONDS = isSmoke ? 2 : 120;

/** How long the confirmations of that measurement take to finish. */
const SETTLE_MS = isSmoke ? 0 : 75_000;

/** Raises the limit of Jumio's accounts, which is not what is measured. */
const ENV = { "JUMIO_STARTS_PER_SECOND": "1000", "LOG_LEVEL": "warn" };

await benchOneInstance();
await benchLoad();
await benchStorm({ isSmoke });

/** Measures the capacity of one instance on a file: registrations, five sign-ins each, verdicts. */
async function benchOneInstance(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  try {
    await using fleet = await startFleet({
      instances: 1,
      kvPath: `${folder}/kv.sqlite3`,
      runArgs: [`--allow-read=${folder}`, `--allow-write=${folder}`],
      env: ENV,
    });
    fleet.jumio.faults.callbacks = "drop"; // travel() sends them
    using caller = startCaller();
    const samples = createSamples();
    const perSecond = await findCapacity(fleet, { seconds: SECONDS, caller, samples });
    printHeading("one instance on a file: complete verifications at full capacity");
    printFigure("(here, per second)", round(perSecond));
    printFigure("errors", String(samples.errors.length));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function benchLoad(): Promise<void> {
  await using denokv = await startDenokv();
  await using fleet = await startFleet({
    instances: 2,
    kvPath: denokv.url,
    env: { ...ENV, "DENO_KV_ACCESS_TOKEN": denokv.accessToken },
  });
  fleet.jumio.faults.callbacks = "drop"; // travel() sends them, to the other instance
  const atCapacity = createSamples();
  using caller = startCaller();
  const capacity = await findCapacity(fleet, { seconds: SECONDS, caller, samples: atCapacity });

  printHeading(`load: ${minutes} minutes at half of the capacity, two instances on one denokv`);
  printFigure("capacity here, complete verifications per second", round(capacity));
  printFigure("errors at full capacity", String(atCapacity.errors.length));
  await pause(SETTLE_MS);
  const samples = createSamples();
  let isOver = false;
  const disturbed = disturb(fleet, () => isOver);
  const watched = watchMemory(fleet, () => isOver);
  const journeys = await keepRate(fleet, { perSecond: capacity / 2, caller, samples });
  isOver = true;
  await disturbed;
  await Promise.all(journeys);

  printFigure("people verified", String(samples.ms.callback.length));
  printFigure("errors", String(samples.errors.length));
  for (const error of new Set(samples.errors)) printFigure("  an error", error);
  for (const kind of ["validate", "initiate", "callback"] as const) printSpread(kind, samples);
  const memory = await watched;
  for (const { name, points } of memory) printMemory(name, points);
  if (!isSmoke) await savePlot(memory);
}

/** Sends people through in parallel lanes without delay. Returns people per second. */
async function findCapacity(
  fleet: Fleet,
  { seconds, caller, samples }: { seconds: number; caller: Caller; samples: Samples },
): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  await Promise.all(Array.from({ length: PEOPLE_AT_ONCE }, async () => {
    while (performance.now() < end) await travel(fleet, { index: count++, caller, samples });
  }));
  return count / seconds;
}

/** Starts people at a fixed rate, however long the answers take. Returns the unfinished ones. */
async function keepRate(
  fleet: Fleet,
  { perSecond, caller, samples }: { perSecond: number; caller: Caller; samples: Samples },
): Promise<Set<Promise<void>>> {
  const journeys = new Set<Promise<void>>();
  const startedAt = performance.now();
  let index = 0;
  while (performance.now() < startedAt + minutes * 60_000) {
    const journey: Promise<void> = travel(fleet, { index: index++, caller, samples })
      .catch((error) => void samples.errors.push(String(error)))
      .finally(() => journeys.delete(journey));
    journeys.add(journey);
    const nextAt = startedAt + index * 1000 / perSecond;
    await pause(Math.max(0, nextAt - performance.now()));
  }
  return journeys;
}

/** Makes upstreams fail at random: at most the next two calls of each. */
async function disturb({ jumio, kratos }: Fleet, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await pause(250);
    if (Math.random() < 0.2) jumio.faults.nextStatuses.splice(0, 2, 503, 429);
    if (Math.random() < 0.2) kratos.faults.nextStatuses.splice(0, 2, 500, 429);
  }
  // The remaining faults would all hit the people who are not finished.
  jumio.faults.nextStatuses.length = 0;
  kratos.faults.nextStatuses.length = 0;
}

async function watchMemory(fleet: Fleet, isOver: () => boolean): Promise<Series[]> {
  const pids = fleet.pids();
  const lines = pids.map((_, index) => ({
    name: `instance ${index + 1}`,
    points: [] as [number, number][],
  }));
  const startedAt = performance.now();
  while (!isOver()) {
    for (const [index, pid] of pids.entries()) {
      const minutesIn = (performance.now() - startedAt) / 60_000;
      lines[index]?.points.push([minutesIn, (await readProcessUse(pid)).residentMb]);
    }
    await pause(isSmoke ? 500 : 5_000);
  }
  return lines;
}

function printSpread(kind: "validate" | "initiate" | "callback", samples: Samples): void {
  const [p50, p99] = [quantile(samples.ms[kind], 0.5), quantile(samples.ms[kind], 0.99)];
  const wanted = kind === "initiate" ? 6 : 5;
  printFigure(`${kind}: p99 against p50  wanted: at most ${wanted}`, round(p99 / p50));
  printFigure(`(${kind} here, p50 and p99)`, `${round(p50)} ms, ${round(p99)} ms`);
}

function printMemory(name: string, points: Series["points"]): void {
  const values = points.map(([, mb]) => mb);
  const early = quantile(values.slice(0, Math.ceil(values.length / 2)), 0.5);
  const late = quantile(values.slice(Math.floor(values.length / 2)), 0.5);
  printFigure(`${name}: memory of the second half against the first`, round(late / early));
  printFigure(`(${name} here, maximum)`, `${round(Math.max(...values))} MB`);
}

async function savePlot(memory: readonly Series[]): Promise<void> {
  await Deno.mkdir(new URL(".", PLOT), { recursive: true });
  const svg = plotLines({
    title: "Memory under load: two instances on one denokv",
    xLabel: "minutes",
    yLabel: "resident memory, MB",
    series: memory,
  });
  await Deno.writeTextFile(PLOT, svg);
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
