import type { Command, Flag } from "./command.ts";

/** The flags that every command has. */
export const COMMON_FLAGS: Readonly<Record<string, Flag>> = {
  json: { summary: "Print the result as JSON" },
  help: { summary: "Print this help" },
};

/** What `deno task operator --help` prints. */
export function describeProgram(commands: readonly Command[]): string {
  return [
    "Sets up the bridge between Ory and Jumio, shows what happens in it, and repairs it.",
    "",
    "Usage: deno task operator COMMAND [FLAGS]",
    "",
    "Commands:",
    ...align(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Settings come from the environment, the same names as the service's. Secrets come from there",
    "or from standard input, never from a flag.",
    "",
    "Exit codes: 0 all is well, 1 findings or a failure, 2 a wrong command line.",
    "Help for a command: deno task operator COMMAND --help",
    "",
  ].join("\n");
}

/** What `deno task operator COMMAND --help` prints. */
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
