import { dirname } from "node:path";
import type { Config } from "./config/config.ts";
import { type Context, createContext } from "./context.ts";
import { createSharedDeadlines, setOwnDeadline, type SetTimer, waitAtMost } from "./deadline.ts";
import { deleteOldCounts } from "./history/hourly_counts.ts";
import type { ConnectionInfo } from "./http/client_address.ts";
import { adviseOnKvFailure } from "./kv/failure.ts";
import { isKvFile, isKvServer, startCommandFor } from "./kv/path.ts";
import { createStore, type Store } from "./kv/store.ts";
import { createLog, describeError, type Log, type LogFields, writeToConsole } from "./log.ts";
import { NO_TELEMETRY, type Telemetry } from "./telemetry/telemetry.ts";
import { createFetchOnce } from "./upstream/fetch_once.ts";
import { createHandler } from "../routes/mod.ts";

/** Deno Deploy kills a process 5 s after its signal. */
const SHUTDOWN_MS = 4_500;

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

/** Why the service cannot start, in words for the operator. */
export class StartError extends Error {
  /** For logs. */
  override readonly name = "StartError";
  /** What the log says beside the message. */
  readonly fields: LogFields;

  constructor(message: string, fields: LogFields = {}) {
    super(message);
    this.fields = fields;
  }
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
  readonly serve: (
    options: { port: number; onListen: (address: { port: number }) => void },
    handler: (request: Request, info: ConnectionInfo) => Promise<Response>,
  ) => { shutdown(): Promise<void> };
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
    loadTelemetry,
    ...overrides,
  });
}

class BridgeService implements Service {
  readonly #config: Config;
  readonly #runtime: Runtime;
  readonly #store: Store;
  readonly #started = Promise.withResolvers<Context>();
  #server: { shutdown(): Promise<void> } | undefined;
  #context: Context | undefined;
  #stopped: Promise<void> | undefined;

  constructor(config: Config, runtime: Runtime) {
    const { kvPath } = config.server;
    this.#config = config;
    this.#runtime = runtime;
    this.#store = createStore({
      open: () => this.#openKv(),
      openMore: isKvServer(kvPath) ? () => runtime.openKv(kvPath) : undefined,
      random: runtime.random,
    });
    this.#registerCronJobs();
  }

  async start(): Promise<void> {
    const { loadTelemetry, log } = this.#runtime;
    const context = this.#createContext(await loadTelemetry());
    if (this.#stopped !== undefined) return;
    this.#context = context;
    this.#server = this.#listen(context);
    if (this.#config.address.publicUrl === undefined) {
      log.warn(
        "PUBLIC_URL is not set: callbacks that are not signed are refused, because they could be " +
          "forged; executions are polled instead, and the link on the identity is Jumio's own, " +
          "which is valid for one day",
      );
    }
    try {
      await this.#probeKv();
    } catch (error) {
      await this.#close();
      throw error;
    }
    await context.planSweep();
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
    const { setTimer } = this.#runtime;
    return createContext({
      ...this.#runtime,
      config: this.#config,
      store: this.#store,
      telemetry,
      setDeadline: createSharedDeadlines({ setTimer }),
    });
  }

  #listen(context: Context): { shutdown(): Promise<void> } {
    const { serve, log } = this.#runtime;
    const { port } = this.#config.server;
    const onListen = (address: { port: number }) =>
      log.info("Listening", { port: address.port, deno: Deno.version.deno });
    try {
      return serve({ port, onListen }, createHandler(context));
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      throw new StartError(
        `Port ${port} is in use: set PORT to another one, or stop the program that listens there`,
      );
    }
  }

  async #openKv(): Promise<Deno.Kv> {
    const { kvPath } = this.#config.server;
    try {
      return await this.#runtime.openKv(kvPath);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw explainPermission(error, kvPath);
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
      this.#server?.shutdown(),
      this.#context?.jobs.stop(),
      this.#context?.reconcileLater.drain(),
    ];
    const results = await Promise.allSettled(parts);
    await this.#store.close();
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }
}

/** Deno defines this symbol if it collects telemetry. If not, no code for telemetry is loaded. */
async function loadTelemetry(): Promise<Telemetry> {
  if (!(Symbol.for("opentelemetry.js.api.1") in globalThis)) return NO_TELEMETRY;
  const [api, { createOpenTelemetry }] = await Promise.all([
    import("@opentelemetry/api"),
    import("./telemetry/open_telemetry.ts"),
  ]);
  return createOpenTelemetry({ api, now: Date.now, monotonic: () => performance.now() });
}

/** Opens KV, and creates the folder of its file. */
async function openKv(path: string | undefined): Promise<Deno.Kv> {
  if (isKvFile(path)) await Deno.mkdir(dirname(path), { recursive: true });
  return await Deno.openKv(path);
}

function explainPermission(error: Error, path: string | undefined): StartError {
  if (!isKvFile(path)) return new StartError(`Cannot open KV_PATH: ${error.message}`);
  return new StartError(
    "Cannot open KV_PATH: this process may use only ./data. Put the file there, or start the " +
      `service with: ${startCommandFor(path)}`,
  );
}
