// SPDX-License-Identifier: Apache-2.0
import { UpstreamError } from "./upstream/error.ts";

/** Least urgent first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export type LogLevel = typeof LOG_LEVELS[number];

/** Ids, reasons, outcomes and numbers. Never a secret, a link or a trait. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one line of JSON for each event. */
export interface Log {
  /** Frequent and rarely needed. */
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  /** A failure that the service deals with by itself. */
  warn(message: string, fields?: LogFields): void;
  /** Something that a person must look at. */
  error(message: string, fields?: LogFields): void;
  /** Creates a log that adds these fields to each line. A function is called when a line needs them. */
  with(fields: LogFields | (() => LogFields)): Log;
}

export interface LogSink {
  /** Lines below this level are dropped. */
  readonly level: LogLevel;
  /** Gets a line without a line break at its end. */
  readonly write: (line: string) => void;
  readonly now: () => number;
}

/** Creates a log. Fields that are undefined are left out. */
export function createLog(sink: LogSink): Log {
  return new LineLog(sink);
}

/** A class, because each request creates a log of its own: closures for it would cost more. */
class LineLog implements Log {
  readonly #sink: LogSink;
  readonly #fields: LogFields | (() => LogFields);
  readonly #parent: LineLog | undefined;

  constructor(sink: LogSink, fields: LogFields | (() => LogFields) = {}, parent?: LineLog) {
    this.#sink = sink;
    this.#fields = fields;
    this.#parent = parent;
  }

  debug(message: string, fields?: LogFields): void {
    this.#write("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write("error", message, fields);
  }

  with(fields: LogFields | (() => LogFields)): Log {
    return new LineLog(this.#sink, fields, this);
  }

  #readFields(): LogFields {
    const own = typeof this.#fields === "function" ? this.#fields() : this.#fields;
    return this.#parent === undefined ? own : { ...this.#parent.#readFields(), ...own };
  }

  #write(level: LogLevel, message: string, fields?: LogFields): void {
    const { level: lowest, write, now } = this.#sink;
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(lowest)) return;
    const time = new Date(now()).toISOString();
    write(JSON.stringify({ time, level, message, ...this.#readFields(), ...fields }));
  }
}

/** Writes a line to standard output, where the platform collects logs. */
export function writeToConsole(line: string): void {
  // deno-lint-ignore no-console -- this is where log lines leave the process
  console.log(line);
}

/**
 * Describes a thrown value for a log line: its name, where it was thrown, the number of an error of
 * the operating system, and the name of its cause. Never its message: those of the runtime quote
 * values, such as a link that cannot be a header. An {@linkcode UpstreamError} is expected and has a
 * message without such content, so it gets that message and no stack.
 */
export function describeError(error: unknown): LogFields {
  if (error instanceof UpstreamError) {
    const { upstream, reason, message } = error;
    return { upstream, reason, detail: message, cause: nameCause(error) };
  }
  if (!(error instanceof Error)) return { error: typeof error };
  const osError = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return {
    error: error.name,
    osError: osError === undefined ? undefined : Number(osError),
    stack: listFrames(error),
    cause: nameCause(error),
  };
}

/** The stack without the message, with which it begins. */
function listFrames({ stack = "", message }: Error): string {
  const begin = stack.indexOf(message);
  if (begin === -1) return "";
  return stack.slice(begin + message.length).split("\n").filter((line) => /^ +at /.test(line))
    .map((line) => line.trim()).join("\n");
}

function nameCause({ cause }: Error): string | undefined {
  return cause instanceof Error ? cause.name : undefined;
}
