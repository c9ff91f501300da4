import type { Io } from "../../cli/frame/run.ts";
import { UsageError } from "../../cli/frame/command.ts";

/** A terminal or a pipe for the operator's program, and what was written to it. */
export interface OperatorIo {
  readonly io: Io;
  stdout(): string;
  stderr(): string;
}

/** Creates one. Without overrides it has no environment, no files, and nobody to call. */
export function createOperatorIo(
  { env = {}, files = {}, stdin = "", isTerminal = false, ...overrides }: {
    env?: Record<string, string>;
    files?: Record<string, string>;
    stdin?: string;
    isTerminal?: boolean;
    fetch?: typeof fetch;
    ask?: (question: string) => string | undefined;
    now?: () => number;
    delay?: (ms: number) => Promise<void>;
    resolve?: (hostname: string) => Promise<readonly string[]>;
  } = {},
): OperatorIo {
  const written = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    isTerminal,
    write(text: string) {
      written[name] += text;
    },
  });
  return {
    io: {
      env,
      fetch: () => Promise.reject(new TypeError("This test calls nobody")),
      now: () => 0,
      delay: () => Promise.resolve(),
      resolve: () => Promise.reject(new Error("This test knows no names")),
      readFile(path) {
        const text = files[path];
        return text === undefined
          ? Promise.reject(new UsageError(`Cannot read "${path}": there is no such file`))
          : Promise.resolve(text);
      },
      readStdin: () => Promise.resolve(stdin),
      ask: () => undefined,
      stdout: output("stdout"),
      stderr: output("stderr"),
      ...overrides,
    },
    stdout: () => written.stdout,
    stderr: () => written.stderr,
  };
}
