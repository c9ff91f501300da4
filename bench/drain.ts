// SPDX-License-Identifier: Apache-2.0
import { mergeWrites } from "../lib/kv/write.ts";
import { waitUntil } from "../sandbox/processes/loopback.ts";
import { openFilledStore, underWay } from "./_filled_store.ts";
import { plotLines } from "./_plot.ts";
import { readProcessUse } from "./_process.ts";
import { printFigure, printHeading, round } from "./_report.ts";
import { startBridge } from "./_servers.ts";
import { createUpstreams } from "./_upstreams.ts";

const PLOT = new URL("../docs/performance/drain.svg", import.meta.url);

/** Jobs in one atomic write: four rows and a sum each, far below KV's limits. */
const BATCH = 100;

/** Starts a service with many due jobs, and measures its memory until all are done. */
export async function benchDrain({ isSmoke }: { isSmoke: boolean }): Promise<void> {
  const jobs = isSmoke ? 100 : 10_000;
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  const path = `${folder}/kv.sqlite3`;
  await fillWithDueChecks(path, jobs);
  const patched = new Set<string>();
  const { fetch } = createUpstreams({ onPatch: (id) => patched.add(id) });
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  await using upstreams = Deno.serve(options, (request) => fetch(request));
  const upstream = `http://127.0.0.1:${upstreams.addr.port}`;
  try {
    await using bridge = await startBridge({
      kvPath: path,
      env: {
        "KRATOS_ADMIN_URL": upstream,
        "JUMIO_AUTH_URL": `${upstream}/oauth2/token`,
        "JUMIO_API_BASE_URL": `${upstream}/api/v1`,
        "LOG_LEVEL": "warn",
      },
    });
    const points: [number, number][] = [];
    const startedAt = performance.now();
    await waitUntil("every identity is patched", async () => {
      const { residentMb } = await readProcessUse(bridge.pid);
      points.push([(performance.now() - startedAt) / 1000, residentMb]);
      return patched.size === jobs;
    }, { deadlineMs: 600_000 });
    const seconds = (performance.now() - startedAt) / 1000;

    const memory = points.map(([, mb]) => mb);
    const half = points.filter(([at]) => at < seconds / 2).map(([, mb]) => mb);
    printHeading(`drain: ${jobs} jobs due at the start, until all identities are patched`);
    printFigure(
      "memory: maximum of the whole time against that of the first half",
      round(Math.max(...memory) / Math.max(...half)),
    );
    printFigure("(here, maximum)", `${round(Math.max(...memory))} MB`);
    printFigure("(here, verdicts per second)", round(jobs / seconds));
    if (!isSmoke) await savePlot(points);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function fillWithDueChecks(path: string, jobs: number): Promise<void> {
  using filled = await openFilledStore(path, { executions: 1 });
  const now = Date.now();
  for (let done = 0; done < jobs; done += BATCH) {
    const writes = Array.from(
      { length: Math.min(BATCH, jobs - done) },
      () => underWay(crypto.randomUUID(), { pollAt: now, isCalledBack: true, now }),
    );
    await filled.store.commit(mergeWrites(...writes));
  }
}

async function savePlot(points: readonly (readonly [number, number])[]): Promise<void> {
  await Deno.mkdir(new URL(".", PLOT), { recursive: true });
  const svg = plotLines({
    title: "Memory while 10,000 verdicts are read and written",
    xLabel: "seconds",
    yLabel: "resident memory, MB",
    series: [{ name: "the service", points }],
  });
  await Deno.writeTextFile(PLOT, svg);
}
