// SPDX-License-Identifier: Apache-2.0
import { createSharedDeadlines } from "../lib/deadline.ts";
import { createStore, type Store } from "../lib/kv/store.ts";
import { startDenokv } from "../sandbox/processes/denokv.ts";
import { type Caller, startCaller } from "./_caller.ts";
import { createCheapestCallback } from "./_cheapest_callback.ts";
import { compare, quantile } from "./_compare.ts";
import { underWay } from "./_filled_store.ts";
import {
  CALLBACK_SECRET,
  callbackWithToken,
  createProduct,
  signedCallback,
  startedExecution,
} from "./_product.ts";
import { createUpstreams } from "./_upstreams.ts";
import { printFigure, printHeading, printRatio, round } from "./_report.ts";

const DAY_MS = 86_400_000;

/** Callbacks until their 200, compared with the least that a service must do on the same KV. */
export async function benchCallback({ isSmoke }: { isSmoke: boolean }): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  try {
    await using denokv = await startDenokv();
    Deno.env.set("DENO_KV_ACCESS_TOKEN", denokv.accessToken);
    const paths = { "a file": `${folder}/kv.sqlite3`, "denokv": denokv.url };
    for (const [name, path] of Object.entries(paths)) await benchOn(name, { path, isSmoke });
    printHeading(
      "callback: until the identity is patched, without the time that Jumio and Kratos take",
    );
    for (const [name, path] of Object.entries(paths)) await benchToPatch(name, { path, isSmoke });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function benchOn(
  name: string,
  { path, isSmoke }: { path: string; isSmoke: boolean },
): Promise<void> {
  await using opened = await openStore(path);
  const { store } = opened;
  const { context, handle } = await createProduct({ store });
  // The jobs that a callback causes are measured elsewhere.
  await context.jobs.stop();
  const cheapest = await createCheapestCallback(opened.kv, CALLBACK_SECRET);

  printHeading(`callback: callbacks on ${name} per second until their 200, one after the other`);
  using caller = startCaller();
  await using productServer = listen(handle, { caller });
  await using cheapestServer = listen(cheapest, { caller });
  const overHttp = { product: productServer.send, cheapest: cheapestServer.send };
  await comparePairs({ ...overHttp, store, isSmoke });

  printHeading(`callback: the same in the handlers alone, without HTTP, on ${name}`);
  const inProcess = { product: callDirectly(handle), cheapest: callDirectly(cheapest) };
  await comparePairs({ ...inProcess, store, isSmoke });
}

/** Compares callbacks with a signature and with a token with the least that is possible. */
async function comparePairs(
  { product, cheapest, store, isSmoke }: {
    product: Send;
    cheapest: Send;
    store: Store;
    isSmoke: boolean;
  },
): Promise<void> {
  const count = isSmoke ? 20 : 150;
  const prepare = (toRequest: (ids: Ids) => Promise<Request>) =>
    prepareCallbacks(toRequest, { store, count });
  const rates = { signed: [] as number[], withToken: [] as number[], cheapest: [] as number[] };
  for (let round = 0; round < (isSmoke ? 1 : 16); round++) {
    const times = await timeInTurn({
      signed: { send: product, requests: await prepare(signedCallback) },
      withToken: {
        send: product,
        requests: await prepare((ids) => callbackWithToken(ids, { store })),
      },
      cheapest: { send: cheapest, requests: await prepare(signedCallback) },
    });
    for (const name of ["signed", "withToken", "cheapest"] as const) {
      rates[name].push(1 / quantile(times[name], 0.5));
    }
  }
  printRatio("signed, compared with the least possible", compare(rates.signed, rates.cheapest), {
    wanted: "at least 0.8",
  });
  printRatio(
    "with a token, compared with the least possible",
    compare(rates.withToken, rates.cheapest),
    { wanted: "at least 0.6" },
  );
  const medians = Object.entries(rates).map(([name, values]) =>
    `${name} ${quantile(values, 0.5).toFixed(0)}`
  );
  printFigure("(here, per second)", medians.join(", "));
}

/** Creates executions that are not finished, and a callback for each. */
async function prepareCallbacks(
  toRequest: (ids: Ids) => Promise<Request>,
  { store, count }: { store: Store; count: number },
): Promise<Request[]> {
  return await Array.fromAsync({ length: count }, async () => {
    const ids = {
      workflowExecutionId: crypto.randomUUID(),
      identityId: crypto.randomUUID(),
      accountId: crypto.randomUUID(),
    };
    const now = Date.now();
    await store.commit(startedExecution(ids, { pollAt: now + DAY_MS, now }));
    return await toRequest(ids);
  });
}

/** Serves on loopback. Callbacks come from another thread, which measures them. */
function listen(handle: Handle, { caller }: { caller: Caller }): { send: Send } & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (r) => handle(r));
  return {
    async send(request) {
      const { ms, ...answer } = await caller.post({
        url: `http://127.0.0.1:${server.addr.port}${new URL(request.url).pathname}`,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      });
      return { ...answer, seconds: ms / 1000 };
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function callDirectly(handle: Handle): Send {
  return async (request) => {
    const startedAt = performance.now();
    const response = await handle(request);
    const seconds = (performance.now() - startedAt) / 1000;
    return { seconds, status: response.status, body: await response.text() };
  };
}

/** A store with the connections that the service would have, and the first connection. */
async function openStore(
  path: string,
): Promise<{ store: Store; kv: Deno.Kv } & AsyncDisposable> {
  const kv = await Deno.openKv(path);
  const store = createStore({
    open: () => Promise.resolve(kv),
    openMore: path.startsWith("http") ? () => Deno.openKv(path) : undefined,
    setDeadline: createSharedDeadlines(),
  });
  return { store, kv, [Symbol.asyncDispose]: () => store.close() };
}

interface Ids {
  readonly workflowExecutionId: string;
  readonly identityId: string;
  readonly accountId: string;
}

type Handle = (request: Request) => Promise<Response>;

/** Sends a callback. The time ends with the answer. */
type Send = (request: Request) => Promise<{ seconds: number; status: number; body: string }>;

/** The time that the bridge adds to one read at Jumio and one patch at Kratos. */
async function benchToPatch(
  name: string,
  { path, isSmoke }: { path: string; isSmoke: boolean },
): Promise<void> {
  await using opened = await openStore(path);
  const { store } = opened;
  let reportPatch = () => {};
  const upstreams = createUpstreams({ onPatch: () => reportPatch() });
  const { context, handle } = await createProduct({ store, fetch: upstreams.fetch });
  const addedMs: number[] = [];
  for (let index = 0; index < (isSmoke ? 10 : 500); index++) {
    const id = crypto.randomUUID();
    const now = Date.now();
    await store.commit(underWay(id, { pollAt: now + DAY_MS, now }));
    const request = await signedCallback({ workflowExecutionId: id, accountId: id });
    const { promise: patched, resolve } = Promise.withResolvers<void>();
    reportPatch = resolve;
    const waitedBefore = upstreams.waitedMs();
    const startedAt = performance.now();
    await (await handle(request)).body?.cancel();
    await patched;
    const waitedMs = upstreams.waitedMs() - waitedBefore;
    addedMs.push(performance.now() - startedAt - waitedMs);
  }
  await context.jobs.stop();
  const [p50, p99] = [quantile(addedMs, 0.5), quantile(addedMs, 0.99)];
  printFigure(`on ${name}: p99 against p50`, round(p99 / p50));
  printFigure("(here, p50 and p99)", `${round(p50)} ms, ${round(p99)} ms`);
}

/** Sends one callback of each subject in turn, so that a slow disk affects all. Times in seconds. */
async function timeInTurn<Name extends string>(
  subjects: Readonly<Record<Name, { send: Send; requests: readonly Request[] }>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[]; // an object literal has no other keys
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >;
  const count = Math.min(...names.map((name) => subjects[name].requests.length));
  for (let index = 0; index < count; index++) {
    for (const name of names) {
      const { send, requests } = subjects[name];
      const request = requests[index];
      if (request !== undefined) times[name].push(await timeOne(request, send));
    }
  }
  return times;
}

async function timeOne(request: Request, send: Send): Promise<number> {
  const { seconds, status, body } = await send(request);
  if (status !== 200 || JSON.parse(body).outcome !== "accepted") {
    throw new Error(`A callback was answered ${status}`);
  }
  return seconds;
}
