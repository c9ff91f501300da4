// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { join } from "node:path";
import { findBinary, runBuild } from "../../sandbox/processes/cached_binary.ts";

/** The sources of the binary. It is built again when one of them changes. */
const SOURCES = ["go.mod", "go.sum", "main.go"] as const;

/** Finds Kratos: `KRATOS_BIN`, or a binary that Go builds once. Returns its path. */
export async function findKratos(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of SOURCES) hash.update(await Deno.readFile(new URL(name, import.meta.url)));
  return await findBinary({
    variable: "KRATOS_BIN",
    folderName: `kratos-${hash.digest("hex").slice(0, 12)}`,
    path: "kratos",
    build,
  });
}

async function build(folder: string): Promise<void> {
  // Built under another name, so that an interrupted build never looks finished.
  const unfinished = join(folder, crypto.randomUUID());
  await runBuild("go", {
    args: ["build", "-tags", "sqlite", "-o", unfinished, "."],
    cwd: new URL(".", import.meta.url),
    env: { "CGO_ENABLED": "1" },
    cure: "install Go and a C compiler, or set KRATOS_BIN to the path of a Kratos",
  });
  await Deno.rename(unfinished, join(folder, "kratos"));
}

if (import.meta.main) await findKratos();
