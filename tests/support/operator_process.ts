// SPDX-License-Identifier: Apache-2.0
const ROOT = new URL("../../", import.meta.url);

/** How a process of the operator's program ended. */
export interface OperatorProcessRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `deno task operator` as a process, with the permissions of the task. */
export async function runOperatorProcess(
  args: readonly string[],
  { env = {}, stdin = "" }: { env?: Record<string, string>; stdin?: string } = {},
): Promise<OperatorProcessRun> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "operator", ...args],
    cwd: ROOT,
    env: { ...env, "USER": "grace", "DENO_NO_UPDATE_CHECK": "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout, stderr } = await process.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}
