// SPDX-License-Identifier: Apache-2.0
import type { Config } from "./config/config.ts";
import { type Context, createContext } from "./context.ts";
import { createSharedDeadlines, setOwnDeadline, type SetTimer, waitAtMost } from "./deadline.ts";
import { deleteOldCounts } from "./history/hourly_counts.ts";
import { adviseOnKvFailure } from "./kv/failure.ts";
import { createFileWatch, type FileWatch } from "./kv/file_watch.ts";
import { isKvFile, isKvServer } from "./kv/path.ts";
import { createStore, type Store } from "./kv/store.ts";
import { Listener, type Serve } from "./server/listener.ts";
import { createLog, describeError, type Log, writeToConsole } from "./log.ts";
import { explainListening, explainPermission, StartError } from "./server/start_error.ts";
import { listStartWarnings } from "./server/start_warnings.ts";
import { loadTelemetry } from "./telemetry/load.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import { createFetchOnce } from "./upstream/fetch_once.ts";
import type { Handler } from "./http/handler.ts";
import { createHandler } from "../routes/mod.ts";
import { listRoutes } from "../routes/table.ts";

/** Deno Deploy kills a process 5 s after its signal. */
const SHUTDOWN_MS = 4_500;

const KV_FILE_GONE = "The KV file was deleted or replaced: nothing is stored until it is back";

export interface Service {
  /**
   * Listens, writes to KV once as a test, and begins to work on jobs.
   *
   * @throws {StartError} If the service cannot run until the operator changes something.
   */
  start(): Promise<void>;
  /**
   * Refuses new requests and jobs, lets the current ones end, and closes KV. Gives up after 4.5 s.
   *
   * @throws What closing the server, the jobs or KV throws.
   */
  stop(signal?: Deno.Signal): Promise<void>;
}

/** What the service uses of the runtime. Tests override parts of it. */
export interface Runtime {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: () => number;
  readonly fetch: typeof globalThis.fetch;
  readonly fetchOnce: typeof globalThis.fetch;
  readonly setTimer: SetTimer;
  readonly openKv: (path: string | undefined) => Promise<Deno.Kv>;
  readonly registerCron: (name: string, schedule: string, handler: () => Promise<void>) => void;
  readonly serve: Serve;
  readonly answersOnIpv4: (port: number) => Promise<boolean>;
  /** Such as "2.9.6". */
  readonly denoVersion: string;
  readonly loadTelemetry: () => Promise<Telemetry>;
}

/**
 * Creates the service and registers its cron jobs. Nothing is opened before {@linkcode Service.start}.
 *
 * Deno Deploy knows only the cron jobs that are registered while the main module loads, before
 * anything is awaited. So this function is synchronous and `main.ts` calls it first.
 */
export function createService(config: Config, overrides: Partial<Runtime> = {}): Service {
  return new BridgeService(config, {
    log: createLog({ level: config.server.logLevel, write: writeToConsole, now: Date.now }),
    now: Date.now,
    random: Math.random,
    fetch,
    fetchOnce: overrides.fetch ?? createFetchOnce(fetch),
    setTimer: setOwnDeadline,
    openKv,
    registerCron: (name, schedule, handler) => void Deno.cron(name, schedule, handler),
    serve: (options, handler) => Deno.serve(options, handler),
    answersOnIpv4,
    denoVersion: Deno.version.deno,
    loadTelemetry: () => loadTelemetry({ now: Date.now }),
    ...overrides,
  });
}

class BridgeService implements Service {
  readonly #config: Config;
  readonly #runtime: Runtime;
  readonly #store: Store;
  readonly #setDeadline: SetTimer;
  readonly #started = Promise.withResolvers<Context>();
  #listener: Listener | undefined;
  #context: Context | undefined;
  #stopped: Promise<void> | undefined;

  constructor(config: Config, runtime: Runtime) {
    const { kvPath } = config.server;
    this.#config = config;
    this.#runtime = runtime;
    this.#setDeadline = createSharedDeadlines();
    const onGone = () => runtime.log.error(KV_FILE_GONE);
    const file = isKvFile(kvPath) ? createFileWatch(kvPath, { onGone }) : undefined;
    this.#store = createStore({
      open: () => this.#openKv(file),
      checkFile: file?.check,
      openMore: isKvServer(kvPath) ? () => runtime.openKv(kvPath) : undefined,
      setDeadline: this.#setDeadline,
      random: runtime.random,
    });
    this.#registerCronJobs();
  }

  async start(): Promise<void> {
    const { loadTelemetry, log } = this.#runtime;
    const context = this.#createContext(await loadTelemetry());
    const handler = createHandler(context, await listRoutes(this.#config));
    if (this.#stopped !== undefined) return;
    this.#context = context;
    await this.#listen(handler);
    const deno = this.#runtime.denoVersion;
    for (const warning of listStartWarnings(this.#config, { deno })) log.warn(warning);
    try {
      await this.#probeKv();
    } catch (error) {
      await this.#close();
      throw error;
    }
    await context.planSweep();
    void context.clock.compare();
    // There may be jobs from before the last stop.
    context.jobs.wake();
    this.#started.resolve(context);
  }

  stop(signal?: Deno.Signal): Promise<void> {
    return this.#stopped ??= this.#shutDown(signal);
  }

  #registerCronJobs(): void {
    const { registerCron, now } = this.#runtime;
    // On a platform that ends the process between requests, only this finishes the jobs.
    registerCron("drain jobs", "* * * * *", async () => {
      await (await this.#started.promise).jobs.drain();
    });
    registerCron("forget old counts", "17 3 * * *", async () => {
      await deleteOldCounts((await this.#started.promise).store, now());
    });
    registerCron("plan the sweep", "43 * * * *", async () => {
      await (await this.#started.promise).planSweep();
    });
  }

  #createContext(telemetry: Telemetry): Context {
    return createContext({
      ...this.#runtime,
      monotonic: () => performance.now(),
      config: this.#config,
      store: this.#store,
      telemetry,
      setDeadline: this.#setDeadline,
    });
  }

  async #listen(handler: Handler): Promise<void> {
    const { server: { host, port } } = this.#config;
    const { serve, answersOnIpv4, setTimer, log } = this.#runtime;
    this.#listener = new Listener({ host, port, handler, serve, answersOnIpv4, setTimer, log });
    try {
      await this.#listener.start();
    } catch (error) {
      throw explainListening(error, { host, port });
    }
  }

  async #openKv(file: FileWatch | undefined): Promise<Deno.Kv> {
    const { kvPath } = this.#config.server;
    try {
      const kv = await this.#runtime.openKv(kvPath);
      await file?.remember();
      return kv;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw await explainPermission(error, kvPath);
      const { reason, cure, isLasting } = adviseOnKvFailure(error);
      throw isLasting ? new StartError("Cannot open KV_PATH", { reason, cure }) : error;
    }
  }

  /** A full disk and a locked file show only at a write. Both may pass, so the service goes on. */
  async #probeKv(): Promise<void> {
    const { log, now } = this.#runtime;
    try {
      await this.#store.commit({ sets: [{ key: ["probe"], value: { v: 1, at: now() } }] });
    } catch (error) {
      if (error instanceof Error && error.cause instanceof StartError) throw error.cause;
      const { reason, cure } = adviseOnKvFailure(error);
      log.error("Cannot write to KV: hooks and callbacks get 503 until it can be written", {
        reason,
        cure,
      });
    }
  }

  async #shutDown(signal: Deno.Signal | undefined): Promise<void> {
    const { log, setTimer } = this.#runtime;
    log.info("Stopping", { signal });
    try {
      const hasEnded = await waitAtMost(SHUTDOWN_MS, this.#close().then(() => true), { setTimer });
      if (hasEnded) log.info("Stopped");
      else log.warn("Stopped before all work had ended. The rest is done after the next start");
    } catch (error) {
      log.error("Cannot stop cleanly", describeError(error));
      throw error;
    }
  }

  async #close(): Promise<void> {
    const parts = [
      this.#listener?.stop(),
      this.#context?.jobs.stop(),
      this.#context?.reconcileLater.drain(),
    ];
    const results = await Promise.allSettled(parts);
    await this.#store.close();
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }
}

/** Opens KV, and creates the folder of its file. */
async function openKv(path: string | undefined): Promise<Deno.Kv> {
  if (isKvFile(path)) {
    const { dirname } = await import("node:path");
    await Deno.mkdir(dirname(path), { recursive: true });
  }
  return await Deno.openKv(path);
}

async function answersOnIpv4(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    // Whatever the reason is, nobody can connect.
    return false;
  }
}
