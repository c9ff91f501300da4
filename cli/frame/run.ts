import { parseArgs } from "node:util";
import { ConfigError, UpstreamError } from "../../lib/upstream/error.ts";
import {
  type Arguments,
  type Command,
  CommandError,
  type Result,
  type Tools,
  UsageError,
} from "./command.ts";
import { COMMON_FLAGS, describeCommand, describeProgram } from "./help.ts";
import { createPaint, createProgress, type Output } from "./output.ts";

/** What the program is run with: the process, or a test's own. */
export interface Io extends Omit<Tools, "paint" | "progress"> {
  readonly stdout: Output;
  readonly stderr: Output;
}

/**
 * Runs one command line and returns its exit code: 0 where all is well, 1 for findings and
 * failures, 2 for a command line that is wrong.
 */
export async function runOperator(
  argv: readonly string[],
  { commands, io }: { commands: readonly Command[]; io: Io },
): Promise<0 | 1 | 2> {
  const command = findCommand(argv, commands);
  const progress = createProgress(io.stderr);
  try {
    if (command === undefined) {
      return answerWithoutCommand(argv, { commands, io });
    }
    const { isHelp, isJson, args } = parseArguments(argv, command);
    if (isHelp) {
      io.stdout.write(describeCommand(command));
      return 0;
    }
    const tools = { ...io, paint: createPaint(io), progress: progress.show };
    const result = await command.run(args, tools);
    progress.end();
    print(result, { isJson, io });
    return result.exitCode;
  } catch (error) {
    progress.end();
    if (error instanceof UsageError) {
      const help = ["deno task operator", command?.name, "--help"].filter(Boolean).join(" ");
      io.stderr.write(`${error.message}\nSee ${help}\n`);
      return 2;
    }
    if (
      error instanceof ConfigError || error instanceof UpstreamError ||
      error instanceof CommandError
    ) {
      io.stderr.write(`${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

/** The command whose words the line begins with; two words before one. */
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
  { commands, io }: { commands: readonly Command[]; io: Io },
): 0 | 2 {
  const [first] = argv;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    (first === undefined ? io.stderr : io.stdout).write(describeProgram(commands));
    return first === undefined ? 2 : 0;
  }
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0) {
    const names = group.map(({ name }) => name).join(", ");
    throw new UsageError(`"${first}" needs another word. There are: ${names}`);
  }
  throw new UsageError(`There is no command "${first}"`);
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
  const { usage, min, max } = command.operands ?? { usage: "none", min: 0, max: 0 };
  if (!isHelp && (positionals.length < min || positionals.length > max)) {
    throw new UsageError(`"${command.name}" takes other operands: ${usage}`);
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
    // Only the first sentence: the rest is about the parser.
    throw new UsageError(error.message.split(". ")[0] ?? "", { cause: error });
  }
}

function print(
  { text, data, notes = [] }: Result,
  { isJson, io }: { isJson: boolean; io: Io },
): void {
  io.stdout.write(isJson ? `${JSON.stringify(data, null, 2)}\n` : text);
  for (const note of notes) io.stderr.write(`${note}\n`);
}
