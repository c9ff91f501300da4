import { join } from "node:path";

/**
 * Finds a program to test with: the one that an environment variable names, or one that is built
 * once and kept outside the clone, under a name that changes with what it is built from.
 *
 * @throws {Error} When there is none and none can be built; it says what to do.
 */
export async function findBinary(
  { variable, folderName, path, build }: {
    variable: string;
    folderName: string;
    /** Where the program lies in its folder. */
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
 * Runs a command that builds something, with its messages shown.
 *
 * @throws {Error} When it fails, with the cure.
 */
export async function runBuild(
  command: string,
  { cure, ...options }: Deno.CommandOptions & { cure: string },
): Promise<void> {
  const child = new Deno.Command(command, { ...options, stderr: "inherit" });
  const { success } = await child.output().catch((cause) => {
    throw new Error(`Cannot run ${command}: ${cure}`, { cause });
  });
  if (!success) throw new Error(`${command} failed, see above; or else: ${cure}`);
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
