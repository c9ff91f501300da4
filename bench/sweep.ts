// SPDX-License-Identifier: Apache-2.0
import { parseConfig } from "../lib/config/config.ts";
import { createContext } from "../lib/context.ts";
import { createStore, type Store } from "../lib/kv/store.ts";
import { mergeWrites } from "../lib/kv/write.ts";
import { createLog } from "../lib/log.ts";
import { createVerification, noVerification, saveVerification } from "../lib/verification/rows.ts";
import { readSweep, type SweepState } from "../lib/verification/sweep.ts";
import { printFigure, printHeading, round } from "./_report.ts";

const PAGE_SIZE = 100;
const BATCH = 200;

/** One of so many identities lost its metadata. */
const DIFFERING_ONE_IN = 200;

const KRATOS = "http://127.0.0.1:1";

const ENV = {
  "ORY_WEBHOOK_SECRET": "only-for-the-benchmark-0123456789",
  "KRATOS_ADMIN_URL": KRATOS,
  "JUMIO_AUTH_URL": `${KRATOS}/oauth2/token`,
  "JUMIO_API_BASE_URL": `${KRATOS}/api/v1`,
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
};

/** Sweeps many identities in this process, on a clock of its own, and watches its memory. */
export async function benchSweep({ isSmoke }: { isSmoke: boolean }): Promise<void> {
  const people = isSmoke ? 3_000 : 100_000;
  const folder = await Deno.makeTempDir();
  const kv = await Deno.openKv(`${folder}/kv.sqlite3`);
  const store = createStore({ open: () => Promise.resolve(kv) });
  const clock = { now: Date.now() };
  await fill(store, { people, now: clock.now });
  const context = createContext({
    config: parseConfig(ENV),
    store,
    fetch: createAnswers({ people }),
    now: () => clock.now,
    random: () => 0.5,
    log: createLog({ level: "error", write() {}, now: () => clock.now }),
    setTimer: () => () => {},
  });
  await context.planSweep();
  const startedAt = performance.now();
  const used: number[] = [];
  let state: SweepState;
  do {
    clock.now += 60_000;
    await context.jobs.drain();
    used.push(Deno.memoryUsage().rss / 1024 / 1024);
    state = await readSweep(store, { now: clock.now });
  } while (state.last === null);
  const seconds = (performance.now() - startedAt) / 1000;
  await context.jobs.stop();
  kv.close();
  await Deno.remove(folder, { recursive: true });

  const { lookedAt, differing, published } = state.last.counts;
  // By then everything is loaded and compiled.
  const warm = used[Math.floor(used.length / 10)] ?? NaN;
  printHeading(`sweep: ${lookedAt} identities, ${differing} differ, ${published} repaired`);
  printFigure(
    "memory: maximum against after a tenth of the sweep",
    round(Math.max(...used) / warm),
  );
  printFigure("(here)", `${round(warm)} MB, then ${round(Math.max(...used))} MB at most`);
  printFigure("(here)", `${round(seconds)} s without the waits between two pages`);
}

/** Stores a pending record for each person. */
async function fill(
  store: Store,
  { people, now }: { people: number; now: number },
): Promise<void> {
  for (let first = 0; first < people; first += BATCH) {
    const writes = Array.from({ length: Math.min(BATCH, people - first) }, (_, index) => {
      const identityId = idOf(first + index);
      const record = createVerification(identityId, { now });
      return saveVerification(noVerification(identityId), record);
    });
    // One write has 10 checks at most, and nothing else writes here.
    await store.commit({ ...mergeWrites(...writes), checks: [] });
  }
}

/** Answers as Kratos does, with identities that are made for each page. */
function createAnswers({ people }: { people: number }): typeof fetch {
  return (input) => {
    const url = new URL(String(input instanceof Request ? input.url : input));
    const id = /identities\/([^/]+)$/.exec(url.pathname)?.[1];
    if (id !== undefined) return Promise.resolve(Response.json(identityOf(numberOf(id))));
    const first = Number(url.searchParams.get("page_token") ?? 0);
    const end = Math.min(people, first + PAGE_SIZE);
    const page = Array.from({ length: end - first }, (_, index) => identityOf(first + index));
    const link = `</admin/identities?page_token=${end}>; rel="next"`;
    const headers = end < people ? { link } : new Headers();
    return Promise.resolve(Response.json(page, { headers }));
  };
}

function identityOf(number: number): Record<string, unknown> {
  const jumio = { status: "pending", verdict: null };
  return {
    "id": idOf(number),
    "created_at": "2026-01-01T00:00:00Z",
    "traits": { email: `${number}@example.com` },
    "metadata_public": number % DIFFERING_ONE_IN === 0 ? null : { jumio },
  };
}

function idOf(number: number): string {
  return `${String(number).padStart(8, "0")}-0000-4000-8000-000000000000`;
}

function numberOf(id: string): number {
  return Number(id.slice(0, 8));
}
