// SPDX-License-Identifier: Apache-2.0
/** Whether a KV_PATH is the address of a denokv server. */
export function isKvServer(path: string | undefined): path is string {
  return path !== undefined && /^https?:/.test(path);
}

/** Whether a KV_PATH is a file. Without a path Deno chooses the database. */
export function isKvFile(path: string | undefined): path is string {
  return path !== undefined && path !== ":memory:" && !isKvServer(path);
}

/** The command that starts the service with the permission to use a file outside `./data`. */
export async function startCommandFor(file: string): Promise<string> {
  const { dirname } = await import("node:path");
  const flags = ["read", "write"].map((access) => `--allow-${access}=${dirname(file)}`);
  return `deno run --quiet --frozen --no-prompt -P=start ${
    flags.map(quoteForShell).join(" ")
  } main.ts`;
}

function quoteForShell(argument: string): string {
  return /^[\w=./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
