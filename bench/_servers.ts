// SPDX-License-Identifier: Apache-2.0
import { dirname } from "node:path";
import { startService } from "../sandbox/processes/service.ts";
import { getFreePort } from "../sandbox/processes/loopback.ts";

/** A server under measurement, as a process. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** The secret that every server expects from hooks. */
export const HOOK_SECRET = "hook-secret-of-this-bench-0123456789abcd";

const ROOT = new URL("../", import.meta.url);
const SAMPLE = new URL("./express_sample/", import.meta.url);

/** Settings of a service whose upstreams do not exist. */
export const SERVICE_ENV = {
  "ORY_WEBHOOK_SECRET": HOOK_SECRET,
  "KRATOS_ADMIN_URL": "http://127.0.0.1:9",
  "JUMIO_AUTH_URL": "http://127.0.0.1:9/oauth2/token",
  "JUMIO_API_BASE_URL": "http://127.0.0.1:9/api/v1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
  "PUBLIC_URL": "http://127.0.0.1:3000",
  "KV_PATH": ":memory:",
  "LOG_LEVEL": "info",
} as const;

/** Starts the bridge with the command of `deno task start`. */
export async function startBridge(
  { kvPath = SERVICE_ENV["KV_PATH"], env = {} }: {
    /** A file in a folder of its own, or `:memory:`. */
    kvPath?: string;
    env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Server> {
  const port = getFreePort();
  const service = await startService({
    root: ROOT,
    env: { ...SERVICE_ENV, ...env, "KV_PATH": kvPath, "PORT": String(port) },
    runArgs: allowFiles(kvPath),
    stdout: "null",
    stderr: "null",
  });
  await isListening(port);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: service.pid,
    [Symbol.asyncDispose]: () => service.kill(),
  };
}

/** Permissions for the folder of a KV file. A server and a KV in memory need none. */
function allowFiles(kvPath: string): string[] {
  if (!kvPath.startsWith("/")) return [];
  const folder = dirname(kvPath);
  return [`--allow-read=${folder}`, `--allow-write=${folder}`];
}

/** Starts a bare `Deno.serve`. With a KV it reads a record for each request. */
export async function startBare({ kvPath }: { kvPath?: string } = {}): Promise<Server> {
  const port = getFreePort();
  const script = new URL("./bare.ts", import.meta.url).pathname;
  const kvArgs = kvPath === undefined ? [] : [kvPath];
  const permissions = ["--allow-net=127.0.0.1", "--allow-env", ...allowFiles(kvPath ?? "")];
  const args = ["run", "--unstable-kv", ...permissions, script, String(port), ...kvArgs];
  return await start(Deno.execPath(), { args, port });
}

/** Starts the Express sample in Node. The tsx loader only removes its types. */
export async function startExpress(): Promise<Server> {
  const port = getFreePort();
  const args = ["--import", "tsx", "server.ts"];
  const env = { "PORT": String(port), "ORY_WEBHOOK_SECRET": HOOK_SECRET };
  return await start("node", { args, port, env, cwd: SAMPLE });
}

/** Starts the Express sample as its own start script does: with tsx. */
export async function startSampleByTsx(): Promise<Server> {
  const port = getFreePort();
  const env = { "PORT": String(port), "ORY_WEBHOOK_SECRET": HOOK_SECRET };
  const args = ["node_modules/tsx/dist/cli.mjs", "server.ts"];
  return await start("node", { args, port, env, cwd: SAMPLE });
}

/** Installs the packages of the Express sample in its folder, unless they are there. */
export async function installExpress(): Promise<void> {
  const isThere = await Deno.stat(new URL("node_modules/express", SAMPLE)).then(() => true)
    .catch(() => false);
  if (isThere) return;
  const args = ["install", "--no-package-lock", "--no-fund", "--no-audit", "--silent"];
  const { success } = await new Deno.Command("npm", { args, cwd: SAMPLE, stderr: "inherit" })
    .output().catch((cause) => {
      throw new Error("Cannot run npm: install Node with npm", { cause });
    });
  if (!success) throw new Error("npm cannot install the Express sample, see above");
}

async function start(
  command: string,
  { port, ...options }: Deno.CommandOptions & { port: number },
): Promise<Server> {
  const child = new Deno.Command(command, { ...options, stdout: "null", stderr: "null" }).spawn();
  await isListening(port);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      // Not SIGKILL: tsx forwards SIGTERM to the process that it started.
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

/** Polls every 2 ms, because the time until the server listens is measured. */
async function isListening(port: number): Promise<void> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connection.close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2)); // not yet
    }
  }
  throw new Error(`Nothing listens on port ${port}`);
}
