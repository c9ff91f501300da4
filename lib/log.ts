import { UpstreamError } from "./errors.ts";

/** The levels of {@linkcode Log}, the least urgent first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of {@linkcode LOG_LEVELS}. */
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

/** Creates a log that drops what is below `level`. Fields that are undefined are left out. */
export function createLog(
  options: {
    level: LogLevel;
    write: (line: string) => void;
    now: () => number;
    fields?: LogFields;
  },
): Log {
  const least = LOG_LEVELS.indexOf(options.level);

  function emit(level: LogLevel, message: string, fields?: LogFields): void {
    if (LOG_LEVELS.indexOf(level) < least) return;
    const time = new Date(options.now()).toISOString();
    options.write(JSON.stringify({ time, level, message, ...options.fields, ...fields }));
  }

  return {
    debug: (message, fields) => emit("debug", message, fields),
    info: (message, fields) => emit("info", message, fields),
    warn: (message, fields) => emit("warn", message, fields),
    error: (message, fields) => emit("error", message, fields),
    with: (fields) => createLog({ ...options, fields: { ...options.fields, ...fields } }),
  };
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
