// SPDX-License-Identifier: Apache-2.0
import { waitUntil } from "../../sandbox/processes/loopback.ts";

const ROOT = new URL("../../", import.meta.url);

/** Settings with which the service starts. No upstream can be reached. */
export const START_ENV = {
  "HOST": "127.0.0.1",
  "ORY_WEBHOOK_SECRET": "hook-secret-hook-secret-hook-secret",
  "KRATOS_ADMIN_URL": "http://127.0.0.1:1",
  "JUMIO_AUTH_URL": "http://127.0.0.1:1/oauth2/token",
  "JUMIO_API_BASE_URL": "http://127.0.0.1:1/api/v1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret-that-nobody-may-see",
  "KV_PATH": ":memory:",
};

/** Runs `deno task start` until it ends. */
export async function runStart(
  env: Record<string, string>,
): Promise<{ code: number; log: string }> {
  const { code, stdout } = await createCommand(await readStartCommand(), env).output();
  return { code, log: new TextDecoder().decode(stdout) };
}

/** Runs `deno task start` until it logs an error, and then kills it. */
export async function runStartUntilError(env: Record<string, string>): Promise<string> {
  const child = createCommand(await readStartCommand(), env).spawn();
  let log = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    log += text;
    if (log.includes('"level":"error"')) break;
  }
  child.kill("SIGKILL");
  await child.status;
  return log;
}

/** Runs a command that should start the service, until the service is ready. */
export async function runUntilReady(
  command: string,
  env: Record<string, string>,
): Promise<void> {
  const child = createCommand(command, env).spawn();
  try {
    await waitUntil("the service is ready", async () => {
      const answer = await fetch(`http://127.0.0.1:${env["PORT"]}/ready`);
      await answer.body?.cancel();
      return answer.ok;
    });
  } finally {
    child.kill("SIGTERM");
    await child.output();
  }
}

/** The command of `deno task start`. */
export async function readStartCommand(): Promise<string> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  return tasks.start.command;
}

function createCommand(command: string, env: Record<string, string>): Deno.Command {
  const [, ...args] = command.split(" ");
  return new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { ...env, "DENO_NO_PROMPT": "1", "DENO_NO_UPDATE_CHECK": "1" },
    stdout: "piped",
    stderr: "null",
  });
}

/** Starts the service with a limit of open files, which Deno cannot raise. */
export async function startWithFileLimit(
  maxFiles: number,
  env: Record<string, string>,
): Promise<Deno.ChildProcess> {
  const [, ...args] = (await readStartCommand()).split(" ");
  return new Deno.Command("sh", {
    args: ["-c", `ulimit -n ${maxFiles} && exec "$0" "$@"`, Deno.execPath(), ...args],
    cwd: ROOT,
    env: { ...env, "DENO_NO_PROMPT": "1", "DENO_NO_UPDATE_CHECK": "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
