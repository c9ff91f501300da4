/**
 * The service: from its environment to a server that listens.
 *
 * @module
 */

import { dirname } from "node:path";
import { type Config, parseConfig, SETTINGS } from "./lib/config/config.ts";
import { createContext } from "./lib/context.ts";
import { forgetOldCounts } from "./lib/history/hourly_counts.ts";
import { createSharedDeadlines } from "./lib/deadline.ts";
import { ConfigError } from "./lib/config/error.ts";
import { adviseOnKvFailure } from "./lib/kv/failure.ts";
import { createLog, describeError, writeToConsole } from "./lib/log.ts";
import { createStore } from "./lib/kv/store.ts";
import { NO_TELEMETRY, type Telemetry } from "./lib/telemetry/telemetry.ts";
import { createHandler } from "./routes/mod.ts";

/** Deno Deploy kills a process 5 s after its signal. */
const SHUTDOWN_MS = 4_500;

const now = Date.now;
const config = readConfig();
const log = createLog({ level: config.logLevel, write: writeToConsole, now });
const { kvPath } = config;
const store = createStore({
  open: () => openKv(kvPath),
  openMore: isServer(kvPath) ? () => Deno.openKv(kvPath) : undefined,
});
const telemetry = await openTelemetry();
const context = createContext({
  config,
  store,
  fetch,
  now,
  random: Math.random,
  log,
  telemetry,
  setDeadline: createSharedDeadlines({ setTimer: setTimeout }),
});

// Where the process does not live on between requests, this is what finishes the work.
Deno.cron("drain jobs", "* * * * *", () => context.jobs.drain());

// Figures end by this alone.
Deno.cron("forget old counts", "17 3 * * *", () => forgetOldCounts(store, now()));

const server = serve();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => void shutDown(signal));
}
if (config.publicUrl === undefined) {
  log.warn(
    "PUBLIC_URL is not set: unsigned callbacks cannot be told from forged ones and are refused; " +
      "executions are polled instead, and the link on the identity is Jumio's own, for one day",
  );
}
// What an earlier process left is taken up at once.
context.jobs.wake();
await probeKv();

function readConfig(): Config {
  try {
    return parseConfig(Object.fromEntries(SETTINGS.map((name) => [name, Deno.env.get(name)])));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    createLog({ level: "error", write: writeToConsole, now }).error(error.message);
    Deno.exit(1);
  }
}

function serve(): Deno.HttpServer<Deno.NetAddr> {
  const onListen = ({ port }: Deno.NetAddr) =>
    log.info("Listening", { port, deno: Deno.version.deno });
  try {
    return Deno.serve({ port: config.port, onListen }, createHandler(context));
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    log.error(`Port ${config.port} is in use: set PORT to another one, or stop what listens there`);
    Deno.exit(1);
  }
}

/** Deno says here whether it collects telemetry. Where it does not, nothing of it is loaded. */
async function openTelemetry(): Promise<Telemetry> {
  if (!(Symbol.for("opentelemetry.js.api.1") in globalThis)) return NO_TELEMETRY;
  const [api, { createOpenTelemetry }] = await Promise.all([
    import("@opentelemetry/api"),
    import("./lib/telemetry/open_telemetry.ts"),
  ]);
  return createOpenTelemetry({ api, now, monotonic: () => performance.now() });
}

function isServer(path: string | undefined): path is string {
  return path !== undefined && /^https?:/.test(path);
}

/** A server may come back and a disk have room again; a wrong setting stays wrong. */
async function openKv(path: string | undefined): Promise<Deno.Kv> {
  const isFile = path !== undefined && path !== ":memory:" && !isServer(path);
  try {
    if (isFile) await Deno.mkdir(dirname(path), { recursive: true });
    return await Deno.openKv(path);
  } catch (error) {
    const { reason, cure, isLasting } = adviseOnKvFailure(error);
    if (error instanceof Deno.errors.NotCapable) {
      log.error(
        "Cannot open KV_PATH: this process may use ./data only. Put the file there, or start the " +
          "service with its folder in --allow-read and --allow-write",
      );
    } else if (isLasting) {
      log.error("Cannot open KV_PATH", { reason, cure });
    } else throw error;
    Deno.exit(1);
  }
}

/** A disk that is full and a file that somebody holds show only at a write. */
async function probeKv(): Promise<void> {
  try {
    await store.commit({ sets: [{ key: ["probe"], value: { v: 1, at: now() } }] });
  } catch (error) {
    const { reason, cure } = adviseOnKvFailure(error);
    log.error("Cannot write to KV: hooks and callbacks get 503 until it can be written", {
      reason,
      cure,
    });
  }
}

/** Takes no more requests and jobs, lets those under way end, closes KV. */
async function shutDown(signal: string): Promise<void> {
  log.info("Stopping", { signal });
  const timer = setTimeout(() => {
    log.warn("Stopped before all work had ended; it is taken up again at the next start");
    Deno.exit(0);
  }, SHUTDOWN_MS);
  try {
    await Promise.all([server.shutdown(), context.jobs.stop()]);
    await store.close();
    clearTimeout(timer);
    log.info("Stopped");
    Deno.exit(0);
  } catch (error) {
    log.error("Cannot stop cleanly", describeError(error));
    Deno.exit(1);
  }
}
