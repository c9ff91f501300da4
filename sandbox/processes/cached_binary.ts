// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";

/**
 * Finds a program for tests: the one that an environment variable names, or one that is built once
 * and cached outside the repository. The name of its folder changes with its sources.
 *
 * @throws {Error} When the program cannot be built. The message says what to do.
 */
export async function findBinary(
  { variable, folderName, path, build }: {
    variable: string;
    folderName: string;
    /** The path of the program in its folder. */
    path: string;
    build: (folder: string) => Promise<void>;
  },
): Promise<string> {
  const given = Deno.env.get(variable);
  if (given !== undefined) return given;
  const folder = join(cacheFolder(), folderName);
  const binary = join(folder, path);
  if (!await exists(binary)) {
    await Deno.mkdir(folder, { recursive: true });
    await build(folder);
  }
  return binary;
}

/**
 * Runs a build command and shows its messages.
 *
 * @throws {Error} When the command fails. The message ends with `cure`.
 */
export async function runBuild(
  command: string,
  { cure, ...options }: Deno.CommandOptions & { cure: string },
): Promise<void> {
  const child = new Deno.Command(command, { ...options, stderr: "inherit" });
  const { success } = await child.output().catch((cause) => {
    throw new Error(`Cannot run ${command}: ${cure}`, { cause });
  });
  if (!success) throw new Error(`${command} failed, see above. Or: ${cure}`);
}

function cacheFolder(): string {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/tmp", ".cache");
  return join(home, "ory-jumio-bridge");
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
