// SPDX-License-Identifier: Apache-2.0
/** The service as a process, as in production. */
export interface ServiceProcess {
  readonly pid: number;
  readonly status: Promise<Deno.CommandStatus>;
  /** Defined if {@linkcode startService} got `stdout: "piped"`. */
  readonly stdout: ReadableStream<Uint8Array> | undefined;
  /** Resolves when `/health` answers. Rejects if the process ends first. */
  ready(serviceUrl: string): Promise<void>;
  stop(): Promise<void>;
  /** Sends SIGKILL, as a crash would end it. */
  kill(): Promise<void>;
}

/**
 * Starts the service with the command of `deno task start`, so with its permissions. It listens at
 * 127.0.0.1. `env` is added to the environment of this process.
 */
export async function startService(
  { root, env, envFile, runArgs = [], stdout = "inherit", stderr = "inherit" }: {
    root: URL;
    env: Readonly<Record<string, string>>;
    envFile?: string;
    /** More arguments for `deno run`, such as a permission for another folder. */
    runArgs?: readonly string[];
    stdout?: "inherit" | "null" | "piped";
    stderr?: "inherit" | "null";
  },
): Promise<ServiceProcess> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const [, run = "", ...rest]: string[] = tasks.start.command.split(" ");
  const child = new Deno.Command(Deno.execPath(), {
    args: [run, ...(envFile === undefined ? [] : [`--env-file=${envFile}`]), ...runArgs, ...rest],
    cwd: root,
    env: { "HOST": "127.0.0.1", ...env, "DENO_NO_PROMPT": "1", "DENO_NO_UPDATE_CHECK": "1" },
    stdout,
    stderr,
  }).spawn();
  let hasEnded = false;
  const status = child.status.finally(() => {
    hasEnded = true;
  });

  async function end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (!hasEnded) child.kill(signal);
    await status;
  }

  return {
    pid: child.pid,
    status,
    stdout: stdout === "piped" ? child.stdout : undefined,
    async ready(serviceUrl) {
      while (!await isUp(serviceUrl)) {
        if (hasEnded) throw new Error("Cannot start the service: its process has ended, see above");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

async function isUp(serviceUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${serviceUrl}/health`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}
