// SPDX-License-Identifier: Apache-2.0
import { claimJobs } from "../lib/jobs/claim.ts";
import { deleteJob, readJob } from "../lib/jobs/job.ts";
import { selectDue } from "../lib/jobs/due.ts";
import { CHECK } from "../lib/verification/job_kinds.ts";
import { readStatus } from "../lib/operator/service_status.ts";
import { mergeWrites, type Write } from "../lib/kv/write.ts";
import { compare, measureAlternately, quantile } from "./_compare.ts";
import { type FilledStore, openFilledStore, underWay } from "./_filled_store.ts";
import { plotLines } from "./_plot.ts";
import { createProduct, type Product, signedCallback } from "./_product.ts";
import { printFigure, printHeading, printRatio, round } from "./_report.ts";
import { startBridge } from "./_servers.ts";
import { createUpstreams } from "./_upstreams.ts";

const PLOT = new URL("../docs/performance/growth.svg", import.meta.url);

/** Polls that are due at the same time. */
const BATCH = 50;

/** A KV file with some executions, and the service over it. */
interface Subject {
  readonly path: string;
  readonly executions: number;
  readonly filled: FilledStore;
  readonly product: Product;
  readonly polling: Product;
}

/** Tasks that the service repeats. Each returns how many it did per second. */
const TASKS = {
  "callback": doCallbacks,
  "claim": doClaims,
  "reconciliation batch": reconcile,
  "operator status": readStatuses,
} as const;

/** Measures the same tasks on files with more and more executions. */
export async function benchGrowth({ isSmoke }: { isSmoke: boolean }): Promise<void> {
  const sizes = isSmoke ? [1, 1_000] : [1, 1_000, 30_000, 1_000_000];
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  const subjects: Subject[] = [];
  try {
    for (const executions of sizes) {
      const path = `${folder}/${executions}.sqlite3`;
      subjects.push(await createSubject(path, executions));
    }
    printHeading(`growth: cost of a task with ${sizes.at(-1)} stored executions against one`);
    const series = [];
    for (const [name, task] of Object.entries(TASKS)) {
      const rates = await measureAlternately(
        Object.fromEntries(
          subjects.map((subject) => [`n${subject.executions}`, () => task(subject)]),
        ),
        { rounds: isSmoke ? 1 : 15 },
      );
      const first = rates[`n${sizes[0]}`] ?? [];
      const last = rates[`n${sizes.at(-1)}`] ?? [];
      printRatio(`cost per ${name}`, compare(first, last), { wanted: "at most 1.25" });
      printFigure(
        "(here, with one and with most, per second)",
        `${round(quantile(first, 0.5))}, ${round(quantile(last, 0.5))}`,
      );
      series.push({
        name,
        points: sizes.map((size) =>
          [size, compare(first, rates[`n${size}`] ?? []).median] as const
        ),
      });
    }
    if (!isSmoke) await savePlot(series);
    for (const { filled, polling } of subjects) {
      await polling.context.jobs.stop();
      filled[Symbol.dispose]();
    }
    await benchOpening(subjects.map(({ path }) => path), { isSmoke });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Measures the time from the start of the process until its KV answers. */
async function benchOpening(
  paths: readonly string[],
  { isSmoke }: { isSmoke: boolean },
): Promise<void> {
  const open = (path: string | undefined) => async () => {
    const startedAt = performance.now();
    await using bridge = await startBridge({ kvPath: path ?? "" });
    const ready = await fetch(`${bridge.url}/ready`);
    if (!ready.ok) throw new Error(`The service is not ready: ${await ready.text()}`);
    await ready.body?.cancel();
    return performance.now() - startedAt;
  };
  const times = await measureAlternately({ one: open(paths[0]), most: open(paths.at(-1)) }, {
    rounds: isSmoke ? 1 : 9,
  });
  printRatio("start until KV answers", compare(times.most, times.one));
  printFigure(
    "(here, with one and with most, ms)",
    `${round(quantile(times.one, 0.5))}, ${round(quantile(times.most, 0.5))}`,
  );
}

async function createSubject(path: string, executions: number): Promise<Subject> {
  const startedAt = performance.now();
  const filled = await openFilledStore(path, { executions });
  printFigure(
    `(time to fill a file with ${executions} executions, s here)`,
    round((performance.now() - startedAt) / 1000),
  );
  const { store } = filled;
  const product = await createProduct({ store });
  await product.context.jobs.stop();
  const { fetch } = createUpstreams({ isFinal: false });
  return { path, executions, filled, product, polling: await createProduct({ store, fetch }) };
}

async function doCallbacks({ filled: { store }, product }: Subject): Promise<number> {
  const now = Date.now();
  const requests: Request[] = [];
  for (let index = 0; index < BATCH; index++) {
    const id = crypto.randomUUID();
    await store.commit(underWay(id, { pollAt: now + 86_400_000, now }));
    requests.push(await signedCallback({ workflowExecutionId: id, accountId: id }));
  }
  const rate = await countPerSecond(BATCH, async (index) => {
    const response = await product.handle(requests[index] ?? new Request("http://127.0.0.1"));
    if (!response.ok) throw new Error(`A callback was answered ${response.status}`);
    await response.body?.cancel();
  });
  await deleteDueChecks({ store });
  return rate;
}

async function doClaims({ filled: { store } }: Subject): Promise<number> {
  await store.commit(duePolls());
  const now = () => Date.now();
  const rate = await countPerSecond(BATCH, async () => {
    const { jobs } = await claimJobs(store, { kind: CHECK, now, limit: 1 });
    if (jobs.length === 0) throw new Error("No job to claim");
  });
  await deleteDueChecks({ store });
  return rate;
}

async function reconcile({ filled: { store }, polling }: Subject): Promise<number> {
  await store.commit(duePolls());
  const rate = await countPerSecond(1, () => polling.context.jobs.drain());
  await deleteDueChecks({ store });
  return rate;
}

async function readStatuses({ filled: { store } }: Subject): Promise<number> {
  return await countPerSecond(BATCH, () => readStatus(store, { now: Date.now() }));
}

/** Executions whose poll is due now. */
function duePolls(): Write {
  const now = Date.now();
  const writes = Array.from(
    { length: BATCH },
    () => underWay(crypto.randomUUID(), { pollAt: now - 1, now }),
  );
  return mergeWrites(...writes);
}

/** Restores the queue after a round. */
async function deleteDueChecks({ store }: Pick<FilledStore, "store">): Promise<void> {
  const soon = Date.now() + 3_600_000;
  const rows = await store.list(selectDue(CHECK, { by: soon }), {
    limit: 500,
  });
  for (const { key } of rows) {
    const job = await readJob(store, { kind: CHECK, id: String(key[3]) });
    await store.commit(mergeWrites(deleteJob(job), { deletes: [key] }));
  }
}

async function countPerSecond(
  count: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  for (let index = 0; index < count; index++) await work(index);
  return count * 1000 / (performance.now() - startedAt);
}

async function savePlot(series: Parameters<typeof plotLines>[0]["series"]): Promise<void> {
  await Deno.mkdir(new URL(".", PLOT), { recursive: true });
  const svg = plotLines({
    title: "Cost of the same task as the store grows",
    xLabel: "stored executions",
    yLabel: "cost, against one execution",
    series,
    isLogX: true,
  });
  await Deno.writeTextFile(PLOT, svg);
}
