import { createLog, type Log } from "../lib/log.ts";
import { formatLogLine } from "./log_format.ts";

/** What the person at the terminal reads: lines on a terminal, JSON where it is piped. */
export interface Terminal {
  readonly log: Log;
  /** Shows what a process writes, a line at a time, once `open()` was called. */
  follow(output: ReadableStream<Uint8Array>): void;
  /** Lets the lines through. Until then the first one is this process's own to write. */
  open(): void;
  /** Resolves when all is shown that processes have written, once they have ended. */
  drained(): Promise<void>;
}

/** Creates the terminal over standard output. `NO_COLOR` is respected. */
export function createTerminal(): Terminal {
  const isTerminal = Deno.stdout.isTerminal();
  const pumps: Promise<void>[] = [];
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();

  function write(line: string): void {
    // deno-lint-ignore no-console -- what the person at the terminal reads
    console.log(isTerminal ? formatLogLine(line, { isColored: !Deno.noColor }) : line);
  }

  async function pump(output: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      await opened;
      for (const line of lines) write(line);
    }
    await opened;
    if (rest !== "") write(rest);
  }

  return {
    log: createLog({ level: "info", write, now: Date.now }),
    follow: (output) => void pumps.push(pump(output)),
    open,
    async drained() {
      open();
      await Promise.all(pumps);
    },
  };
}
