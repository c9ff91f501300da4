// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";
import { ConfigError } from "../../lib/config/error.ts";
import { UpstreamError } from "../../lib/upstream/error.ts";
import { VERSION } from "../../lib/upstream/version.ts";
import {
  type Arguments,
  type Command,
  CommandError,
  RefusedError,
  type Result,
  type Tools,
  UsageError,
} from "./command.ts";
import { COMMON_FLAGS, describeCommand, describeProgram } from "./help.ts";
import { createPaint, createProgress, type Output } from "./output.ts";

/** What the program needs of its process. Tests pass their own. */
export interface Runtime extends Omit<Tools, "paint" | "progress" | "print"> {
  readonly stdout: Output;
  readonly stderr: Output;
}

/**
 * Runs one command line and returns its exit code: 0 for success, 1 for a failure, 2 for a wrong
 * command line or setting, 3 if something needs a person.
 */
export async function runOperator(
  argv: readonly string[],
  { commands, runtime }: { commands: readonly Command[]; runtime: Runtime },
): Promise<0 | 1 | 2 | 3> {
  const command = findCommand(argv, commands);
  const progress = createProgress(runtime.stderr);
  try {
    if (command === undefined) {
      return answerWithoutCommand(argv, { commands, runtime });
    }
    const { isHelp, isJson, args } = parseArguments(argv, command);
    if (isHelp) {
      runtime.stdout.write(describeCommand(command));
      return 0;
    }
    const tools = {
      ...runtime,
      paint: createPaint(runtime),
      progress: progress.show,
      print(part: string) {
        // Both may be the same terminal.
        progress.end();
        runtime.stdout.write(part);
      },
    };
    const result = await command.run(args, tools);
    progress.end();
    print(result, { isJson, runtime });
    return result.exitCode;
  } catch (error) {
    progress.end();
    if (error instanceof UsageError) {
      const help = ["deno task operator", command?.name, "--help"].filter(Boolean).join(" ");
      runtime.stderr.write(`${error.message}\nSee ${help}\n`);
      return 2;
    }
    if (error instanceof ConfigError || error instanceof RefusedError) {
      runtime.stderr.write(`${error.message}\n`);
      return error instanceof ConfigError ? 2 : 3;
    }
    if (error instanceof UpstreamError || error instanceof CommandError) {
      runtime.stderr.write(`${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

/** Finds the command by the first words of the line. A name of two words goes before one. */
function findCommand(
  argv: readonly string[],
  commands: readonly Command[],
): Command | undefined {
  const candidates = [argv.slice(0, 2).join(" "), argv[0]];
  return candidates.map((name) => commands.find((command) => command.name === name))
    .find((command) => command !== undefined);
}

function answerWithoutCommand(
  argv: readonly string[],
  { commands, runtime }: { commands: readonly Command[]; runtime: Runtime },
): 0 | 2 {
  const [first] = argv;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    (first === undefined ? runtime.stderr : runtime.stdout).write(describeProgram(commands));
    return first === undefined ? 2 : 0;
  }
  if (first === "--version") {
    runtime.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0) {
    const names = group.map(({ name }) => name).join(", ");
    throw new UsageError(`"${first}" is only the start of a command. Choose one of: ${names}`);
  }
  throw new UsageError(`Unknown command "${first}"`);
}

function parseArguments(
  argv: readonly string[],
  command: Command,
): { isHelp: boolean; isJson: boolean; args: Arguments } {
  const flags = { ...command.flags, ...COMMON_FLAGS };
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value }]) => [
      name,
      { type: value === undefined ? "boolean" as const : "string" as const },
    ]),
  );
  const { values, positionals } = parse(argv.slice(command.name.split(" ").length), options);

  function read(flag: string): string | boolean | undefined {
    if (!(flag in flags)) throw new TypeError(`The command has no flag "${flag}"`);
    const value = values[flag];
    return Array.isArray(value) ? value.at(-1) : value;
  }

  function text(flag: string): string | undefined {
    const value = read(flag);
    return typeof value === "string" ? value : undefined;
  }

  const isHelp = read("help") === true;
  for (const [name, { value = "" }] of isHelp ? [] : Object.entries(flags)) {
    if (text(name)?.trim() === "") throw new UsageError(`--${name} needs a value: ${value}`);
  }
  const { usage, min, max } = command.operands ?? { usage: "no operands", min: 0, max: 0 };
  if (!isHelp && (positionals.length < min || positionals.length > max)) {
    throw new UsageError(`Wrong number of operands: "${command.name}" takes ${usage}`);
  }
  return {
    isHelp,
    isJson: read("json") === true,
    args: {
      operands: positionals,
      text,
      has: (flag) => read(flag) === true,
      list: (flag) =>
        text(flag)?.split(",").map((part) => part.trim()).filter((part) => part !== ""),
    },
  };
}

function parse(
  args: string[],
  options: Record<string, { type: "string" | "boolean" }>,
): Pick<ReturnType<typeof parseArgs>, "values" | "positionals"> {
  try {
    return parseArgs({
      args,
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The sentences after the first are advice about the parser.
    throw new UsageError(error.message.split(". ")[0] ?? "", { cause: error });
  }
}

function print(
  { text, data, notes = [] }: Result,
  { isJson, runtime }: { isJson: boolean; runtime: Runtime },
): void {
  const isData = isJson && data !== undefined;
  runtime.stdout.write(isData ? `${JSON.stringify(data, null, 2)}\n` : text);
  for (const note of notes) runtime.stderr.write(`${note}\n`);
}
