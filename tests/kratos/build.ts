import { createHash } from "node:crypto";
import { join } from "node:path";

/** What the binary is made from. It is built again when one of these changes. */
const SOURCES = ["go.mod", "go.sum", "main.go"] as const;

/**
 * Finds the Kratos to test with: `KRATOS_BIN`, or one that is built once and kept outside the clone.
 *
 * @throws {Error} When there is none and no Go to build one; it says what to do.
 */
export async function findKratos(): Promise<string> {
  const given = Deno.env.get("KRATOS_BIN");
  if (given !== undefined) return given;
  const hash = createHash("sha256");
  for (const name of SOURCES) hash.update(await Deno.readFile(new URL(name, import.meta.url)));
  const folder = join(cacheFolder(), `kratos-${hash.digest("hex").slice(0, 12)}`);
  const binary = join(folder, "kratos");
  if (await exists(binary)) return binary;
  await Deno.mkdir(folder, { recursive: true });
  await build(binary);
  return binary;
}

async function build(binary: string): Promise<void> {
  // Built under another name, so that one that was broken off is never taken for a whole one.
  const unfinished = `${binary}.${crypto.randomUUID()}`;
  const command = new Deno.Command("go", {
    args: ["build", "-tags", "sqlite", "-o", unfinished, "."],
    cwd: new URL(".", import.meta.url),
    env: { "CGO_ENABLED": "1" },
    stderr: "inherit",
  });
  const cure = "install Go and a C compiler, or set KRATOS_BIN to the path of a Kratos";
  const { success } = await command.output().catch((cause) => {
    throw new Error(`Cannot build Kratos: ${cure}`, { cause });
  });
  if (!success) throw new Error(`Cannot build Kratos, see above; or else: ${cure}`);
  await Deno.rename(unfinished, binary);
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

if (import.meta.main) await findKratos();
