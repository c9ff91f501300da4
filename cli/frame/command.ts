// SPDX-License-Identifier: Apache-2.0
/** A flag of a command. Every command also has `--help` and `--json`. */
export interface Flag {
  readonly summary: string;
  /** The name of its value in the help, such as `FILE`. Without it the flag takes no value. */
  readonly value?: string;
}

/** How a command reaches the world outside. Tests pass their own. */
export interface Tools {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<void>;
  /** A number from 0 to below 1, to spread retries over time. */
  readonly random: () => number;
  /** The IP addresses of a host name, as this machine resolves it. */
  readonly resolve: (hostname: string) => Promise<readonly string[]>;
  /**
   * Reads a file.
   *
   * @throws {MissingFileError} If there is none.
   * @throws {UsageError} If it cannot be read.
   */
  readonly readFile: (path: string) => Promise<string>;
  readonly readStdin: () => Promise<string>;
  /** Asks a question on the terminal. Undefined if standard input is not a terminal. */
  readonly ask: (question: string) => string | undefined;
  readonly paint: Paint;
  /** Shows how far the command is, in place of the text before. Shown only on a terminal. */
  readonly progress: (text: string) => void;
  /** Prints a part of the result now. For a result that may not fit into memory. */
  readonly print: (text: string) => void;
}

/** Colours text if the output is a terminal that allows colour. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  strong(text: string): string;
}

/** The parsed command line after the name of the command. */
export interface Arguments {
  readonly operands: readonly string[];
  text(flag: string): string | undefined;
  has(flag: string): boolean;
  /** The parts of a comma-separated list. Undefined without the flag. */
  list(flag: string): readonly string[] | undefined;
}

/** The result of a command. `text` is printed, or `data` with `--json`. */
export interface Result {
  /** 0: success. 1: it could not be done. 3: something needs a person. */
  readonly exitCode: 0 | 1 | 3;
  readonly text: string;
  /** Undefined for a command that has printed its result, which is JSON in any case. */
  readonly data: unknown;
  /** Hints for the person. They go to standard error. */
  readonly notes?: readonly string[];
}

/** One command of the program. */
export interface Command {
  /** One word or two, such as `verification list`. */
  readonly name: string;
  readonly summary: string;
  /** The body of its own help: what it reads, what it changes, an example. */
  readonly about: string;
  readonly operands?: { readonly usage: string; readonly min: number; readonly max: number };
  readonly flags: Readonly<Record<string, Flag>>;
  run(args: Arguments, tools: Tools): Promise<Result>;
}

/** The command failed: exit code 1 and only the message. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
}

/** The command failed, but the same call may succeed later. */
export class TemporaryError extends CommandError {
  override readonly name = "TemporaryError";
}

/** The service answered that it does not do this: exit code 3. A repetition does not help. */
export class RefusedError extends CommandError {
  override readonly name = "RefusedError";
}

/** The command line is wrong: exit code 2 and a pointer to the help. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command line names a file that does not exist. */
export class MissingFileError extends UsageError {
  constructor(path: string, options?: ErrorOptions) {
    super(`Cannot read "${path}": the file does not exist`, options);
  }
}
