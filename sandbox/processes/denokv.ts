// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { findBinary, runBuild } from "./cached_binary.ts";
import { getFreePort, waitUntil } from "./loopback.ts";

/** A denokv server on a file of its own. */
export interface DenokvProcess extends AsyncDisposable {
  readonly url: string;
  /** The value of `DENO_KV_ACCESS_TOKEN` that a client needs. */
  readonly accessToken: string;
  /** Ends the server with SIGKILL. Its file stays. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Copies the file of a server that was ended. */
  saveCopy(): Promise<void>;
  /** Puts the file of a server that was ended back to the copy. */
  restoreCopy(): Promise<void>;
}

const VERSION = "0.14.0";
const ACCESS_TOKEN = "only-for-tests-on-this-machine";

/** Finds denokv: `DENOKV_BIN`, or a binary that cargo builds once. Returns its path. */
export async function findDenokv(): Promise<string> {
  return await findBinary({
    variable: "DENOKV_BIN",
    folderName: `denokv-${VERSION}`,
    path: "bin/denokv",
    build: (folder) =>
      runBuild("cargo", {
        args: ["install", "denokv", "--version", VERSION, "--locked", "--root", folder],
        cure: "install Rust with cargo, or set DENOKV_BIN to the path of a denokv",
      }),
  });
}

/** Starts a denokv with an empty file and waits until it listens. */
export async function startDenokv(): Promise<DenokvProcess> {
  const binary = await findDenokv();
  const folder = await Deno.makeTempDir({ prefix: "denokv-" });
  const present = join(folder, "present");
  const copy = join(folder, "copy");
  await Deno.mkdir(present);
  const port = getFreePort();
  let child: Deno.ChildProcess | undefined;

  async function start(): Promise<void> {
    child = new Deno.Command(binary, {
      args: ["--sqlite-path", join(present, "kv.sqlite3"), "serve", "--addr", `127.0.0.1:${port}`],
      env: { "DENO_KV_ACCESS_TOKEN": ACCESS_TOKEN },
      stdout: "null",
      stderr: "null",
    }).spawn();
    await waitUntil("denokv listens", async () => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connection.close();
      return true;
    });
  }

  async function kill(): Promise<void> {
    child?.kill("SIGKILL");
    await child?.status;
    child = undefined;
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    accessToken: ACCESS_TOKEN,
    kill,
    start,
    saveCopy: () => replaceFolder(copy, present),
    restoreCopy: () => replaceFolder(present, copy),
    async [Symbol.asyncDispose]() {
      await kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Replaces a folder by a copy of the files of another one. */
async function replaceFolder(folder: string, source: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(folder)) await Deno.remove(join(folder, name));
  for await (const { name } of Deno.readDir(source)) {
    await Deno.copyFile(join(source, name), join(folder, name));
  }
}

if (import.meta.main) await findDenokv();
