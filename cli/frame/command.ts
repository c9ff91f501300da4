/** A flag of a command. Every command also has `--help` and `--json`. */
export interface Flag {
  readonly summary: string;
  /** What stands for its value in the help, such as `FILE`. Without it the flag takes no value. */
  readonly value?: string;
}

/** What a command may use of the world. A test hands in its own. */
export interface Tools {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<void>;
  /** The IP addresses of a name, as this machine sees them. */
  readonly resolve: (hostname: string) => Promise<readonly string[]>;
  /** Reads a file. @throws {UsageError} Where it cannot be read: somebody named the wrong one. */
  readonly readFile: (path: string) => Promise<string>;
  readonly readStdin: () => Promise<string>;
  /** Asks the person at the terminal. Undefined where nobody sits at one. */
  readonly ask: (question: string) => string | undefined;
  readonly paint: Paint;
  /** Says how far a long work is, in place of what it said before; seen on a terminal only. */
  readonly progress: (text: string) => void;
}

/** Sets off text by colour, where the output is a terminal that wants it. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  strong(text: string): string;
}

/** A command line that was parsed: what follows the command's name. */
export interface Arguments {
  readonly operands: readonly string[];
  text(flag: string): string | undefined;
  has(flag: string): boolean;
  /** The parts of a comma list. Undefined where the flag is not there. */
  list(flag: string): readonly string[] | undefined;
}

/** What a command has to say. The frame prints `text`, or `data` where `--json` asks for it. */
export interface Result {
  /** 0: all is well. 1: there are findings, or something failed. */
  readonly exitCode: 0 | 1;
  readonly text: string;
  readonly data: unknown;
  /** For the person, beside the result: goes to standard error. */
  readonly notes?: readonly string[];
}

/** One command of the program. */
export interface Command {
  /** One word or two, as in `verification list`. */
  readonly name: string;
  readonly summary: string;
  /** More for its own help: what it reads, what it changes, an example. */
  readonly about: string;
  readonly operands?: { readonly usage: string; readonly min: number; readonly max: number };
  readonly flags: Readonly<Record<string, Flag>>;
  run(args: Arguments, tools: Tools): Promise<Result>;
}

/** The command could not do it: exit code 1, and the message alone. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** The command line is wrong: exit code 2, and a pointer to the help. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
