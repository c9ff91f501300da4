// SPDX-License-Identifier: Apache-2.0
import type { Command, Flag } from "./command.ts";

/** The flags that every command has. */
export const COMMON_FLAGS: Readonly<Record<string, Flag>> = {
  json: { summary: "Print the result as JSON" },
  help: { summary: "Print this help" },
};

/** The text of `deno task operator --help`. */
export function describeProgram(commands: readonly Command[]): string {
  return [
    "Sets up, checks and repairs the bridge between Ory and Jumio, and shows its state.",
    "",
    "Usage: deno task operator COMMAND [FLAGS]",
    "",
    "Commands:",
    ...align(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Settings come from environment variables with the same names as the service's. Secrets come",
    "from the environment or from standard input, never from a flag.",
    "",
    "Exit codes: 0 success, 1 it could not be done (as when the service cannot be reached), 2 a wrong",
    "command line or setting, 3 something needs you.",
    "Help for a command: deno task operator COMMAND --help",
    "The version: deno task operator --version",
    "",
  ].join("\n");
}

/** The text of `deno task operator COMMAND --help`. */
export function describeCommand({ name, summary, about, operands, flags }: Command): string {
  const usage = ["deno task operator", name, operands?.usage, "[FLAGS]"];
  return [
    `${summary}.`,
    "",
    `Usage: ${usage.filter((part) => part !== undefined).join(" ")}`,
    "",
    about.trim(),
    "",
    "Flags:",
    ...align(
      Object.entries({ ...flags, ...COMMON_FLAGS }).map((
        [flag, { summary, value }],
      ) => [value === undefined ? `--${flag}` : `--${flag} ${value}`, summary]),
    ),
    "",
  ].join("\n");
}

function align(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
