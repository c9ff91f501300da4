// SPDX-License-Identifier: Apache-2.0
import { getFreePort, waitUntil } from "../../sandbox/processes/loopback.ts";

/** `deno task dev` as a process. */
export interface SandboxProcess extends AsyncDisposable {
  /** The address of the sandbox's page. */
  readonly pageUrl: string;
  /** The public address of the service. */
  readonly serviceUrl: string;
  /** The address of the example application. */
  readonly appUrl: string;
  /** Ends the sandbox and returns its standard output. */
  stop(): Promise<string>;
}

const ROOT = new URL("../../", import.meta.url);

/** How many consecutive ports the sandbox needs. */
const PORTS = 6;

/** Starts the sandbox, on free ports by default, and waits until its service answers. */
export async function startSandbox(port = getFreePorts()): Promise<SandboxProcess> {
  const [pageUrl, serviceUrl] = [port, port + 1].map((free) => `http://127.0.0.1:${free}`) as [
    string,
    string,
  ]; // as many as there are ports in the list
  const child = spawnSandbox({ port });
  const output = new Response(child.stdout).text();
  let isStopped = false;

  async function stop(): Promise<string> {
    if (!isStopped) child.kill("SIGTERM");
    isStopped = true;
    await child.status;
    return await output;
  }

  await waitUntil("the sandbox answers", async () => {
    for (const url of [pageUrl, `${serviceUrl}/health`]) {
      const answer = await fetch(url);
      await answer.body?.cancel();
      if (!answer.ok) return false;
    }
    return true;
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    pageUrl,
    serviceUrl,
    appUrl: `http://127.0.0.1:${port + 4}`,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** Starts `deno task dev` without waiting, on a port and the four after it. */
export function spawnSandbox(
  // --simulators: a developer's .env must not connect this test with real upstreams.
  { port, root = ROOT, args = ["--simulators"] }: {
    port: number | string;
    root?: URL;
    args?: readonly string[];
  },
): Deno.ChildProcess {
  const env = { "PORT": String(port), "DENO_NO_PROMPT": "1", "DENO_NO_UPDATE_CHECK": "1" };
  const options = { args: ["task", "dev", ...args], cwd: root, env, stderr: "null" as const };
  return new Deno.Command(Deno.execPath(), { ...options, stdout: "piped" }).spawn();
}

/** Finds as many free consecutive ports as the sandbox needs. Returns the first. */
export function getFreePorts(): number {
  return getFreePort(PORTS);
}
