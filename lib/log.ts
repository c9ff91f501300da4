import { UpstreamError } from "./upstream/error.ts";

/** The levels of {@linkcode Log}, the least urgent first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export type LogLevel = typeof LOG_LEVELS[number];

/** What a line may carry: ids, reasons, outcomes and figures. Never a secret, a link or a trait. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one JSON line an event. */
export interface Log {
  /** What happens often and is seldom wanted. */
  debug(message: string, fields?: LogFields): void;
  /** What happened. */
  info(message: string, fields?: LogFields): void;
  /** What went wrong and is being dealt with. */
  warn(message: string, fields?: LogFields): void;
  /** What a person must look at. */
  error(message: string, fields?: LogFields): void;
  /** The same log with fields on every line. */
  with(fields: LogFields): Log;
}

/** What a log shares with those that are made from it. */
export interface LogSink {
  /** The least that is written. */
  readonly level: LogLevel;
  /** Takes a line, without its end. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Creates a log that drops what is below `level`. Fields that are undefined are left out. */
export function createLog(sink: LogSink): Log {
  return new LineLog(sink, {});
}

/** A class, because each request has one of its own: with closures validate has 0.98 of the rate. */
class LineLog implements Log {
  readonly #sink: LogSink;
  readonly #fields: LogFields;

  constructor(sink: LogSink, fields: LogFields) {
    this.#sink = sink;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogFields): void {
    this.#emit("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#emit("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#emit("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#emit("error", message, fields);
  }

  with(fields: LogFields): Log {
    return new LineLog(this.#sink, { ...this.#fields, ...fields });
  }

  #emit(level: LogLevel, message: string, fields?: LogFields): void {
    const { level: least, write, now } = this.#sink;
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    const time = new Date(now()).toISOString();
    write(JSON.stringify({ time, level, message, ...this.#fields, ...fields }));
  }
}

/** Standard output, where a platform collects logs. */
export function writeToConsole(line: string): void {
  // deno-lint-ignore no-console -- this is where log lines leave the process
  console.log(line);
}

/**
 * What a log line may say of something thrown: its kind and stack, its causes by name only. An
 * upstream's failure is expected: it has a message of ours and needs no stack.
 */
export function describeError(error: unknown): LogFields {
  if (error instanceof UpstreamError) {
    const { upstream, reason, message } = error;
    return { upstream, reason, detail: message, cause: nameCause(error) };
  }
  if (!(error instanceof Error)) return { error: typeof error };
  return { error: error.name, stack: error.stack, cause: nameCause(error) };
}

function nameCause({ cause }: Error): string | undefined {
  return cause instanceof Error ? cause.name : undefined;
}
