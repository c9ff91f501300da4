// SPDX-License-Identifier: Apache-2.0
import { createLog, type Log } from "../lib/log.ts";
import { formatLogLine } from "./log_format.ts";

/** The output of `deno task dev`: text on a terminal, JSON lines when it is piped. */
export interface Terminal {
  readonly log: Log;
  /** Shows the output of a process line by line, after `open()` was called. */
  follow(output: ReadableStream<Uint8Array>): void;
  /** Shows the output of the processes from now on. Until then only `log` writes. */
  open(): void;
  /** Resolves when the processes have ended and all their output is shown. */
  drained(): Promise<void>;
  /** Logs an error and ends this process. */
  fail(message: string): never;
}

/** Creates a terminal on standard output. Respects `NO_COLOR`. */
export function createTerminal(): Terminal {
  const isTerminal = Deno.stdout.isTerminal();
  const pumps: Promise<void>[] = [];
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();

  function write(line: string): void {
    // deno-lint-ignore no-console -- the output of a command
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

  const log = createLog({ level: "info", write, now: Date.now });
  return {
    log,
    follow: (output) => void pumps.push(pump(output)),
    open,
    async drained() {
      open();
      await Promise.all(pumps);
    },
    fail(message) {
      log.error(message);
      Deno.exit(1);
    },
  };
}

export function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => void stop());
  }
}
