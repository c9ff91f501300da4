import { createStore } from "../lib/store.ts";
import { startDenokv } from "../tests/support/denokv_process.ts";
import { createCheapestCallback } from "./_cheapest_callback.ts";
import { compare, quantile } from "./_compare.ts";
import { CALLBACK_SECRET, createProduct, signedCallback, startedExecution } from "./_product.ts";
import { printFigure, printHeading, printRatio } from "./_report.ts";

const DAY_MS = 86_400_000;

/** A callback to its 200, against the cheapest honest thing on the same KV. */
export async function benchCallback({ isSmoke }: { isSmoke: boolean }): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  try {
    printHeading("callback: callbacks a second to their 200, one after the other");
    await benchOn("a file", { path: `${folder}/kv.sqlite3`, isSmoke });
    await using denokv = await startDenokv();
    Deno.env.set("DENO_KV_ACCESS_TOKEN", denokv.accessToken);
    await benchOn("denokv", { path: denokv.url, isSmoke });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function benchOn(
  name: string,
  { path, isSmoke }: { path: string; isSmoke: boolean },
): Promise<void> {
  using kv = await Deno.openKv(path);
  const store = createStore({ open: () => Promise.resolve(kv) });
  const { context, handle } = await createProduct({ store });
  // What a callback leads to is measured elsewhere.
  await context.jobs.stop();
  const cheapest = await createCheapestCallback(kv, CALLBACK_SECRET);
  const count = isSmoke ? 20 : 150;

  async function prepare(): Promise<Request[]> {
    return await Array.fromAsync({ length: count }, async () => {
      const ids = {
        workflowExecutionId: crypto.randomUUID(),
        identityId: crypto.randomUUID(),
        accountId: crypto.randomUUID(),
      };
      const now = Date.now();
      await store.commit(startedExecution(ids, { pollAt: now + DAY_MS, now }));
      return await signedCallback(ids);
    });
  }

  const bridge: number[] = [];
  const cheap: number[] = [];
  for (let round = 0; round < (isSmoke ? 1 : 12); round++) {
    const times = await timePairs(await prepare(), await prepare(), { handle, cheapest });
    bridge.push(1 / quantile(times.bridge, 0.5));
    cheap.push(1 / quantile(times.cheapest, 0.5));
  }

  printRatio(`on ${name}: the bridge against the cheapest`, compare(bridge, cheap), {
    wanted: "at least 0.7",
  });
  printFigure(
    "(here, a second)",
    `bridge ${quantile(bridge, 0.5).toFixed(0)}, cheapest ${quantile(cheap, 0.5).toFixed(0)}`,
  );
}

type Handle = (request: Request) => Promise<Response>;

/** One callback each, in turn: a slow moment of the disk meets both. Times in seconds. */
async function timePairs(
  ours: readonly Request[],
  theirs: readonly Request[],
  { handle, cheapest }: { handle: Handle; cheapest: Handle },
): Promise<{ bridge: number[]; cheapest: number[] }> {
  const times = { bridge: [] as number[], cheapest: [] as number[] };
  for (const [index, request] of ours.entries()) {
    const other = theirs[index];
    if (other === undefined) break;
    times.bridge.push(await timeOne(request, handle));
    times.cheapest.push(await timeOne(other, cheapest));
  }
  return times;
}

async function timeOne(request: Request, handle: Handle): Promise<number> {
  const startedAt = performance.now();
  const response = await handle(request);
  const seconds = (performance.now() - startedAt) / 1000;
  const { outcome } = await response.json();
  if (outcome !== "accepted") throw new Error(`A callback was answered ${response.status}`);
  return seconds;
}
