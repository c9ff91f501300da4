// SPDX-License-Identifier: Apache-2.0
import { MissingFileError } from "../../cli/frame/command.ts";
import type { Runtime } from "../../cli/frame/run.ts";

/** A runtime of the operator's program for tests, and the text that was written to it. */
export interface TestRuntime {
  readonly runtime: Runtime;
  stdout(): string;
  stderr(): string;
}

/** What a test may set of a runtime. */
export interface TestRuntimeOptions extends Partial<Omit<Runtime, "stdout" | "stderr">> {
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
  readonly stdin?: string;
  readonly isTerminal?: boolean;
}

/** Creates a runtime. Without options it has no environment, no files and no network. */
export function createTestRuntime(
  { files = {}, stdin = "", isTerminal = false, ...overrides }: TestRuntimeOptions = {},
): TestRuntime {
  const written = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    isTerminal,
    write(text: string) {
      written[name] += text;
    },
  });
  return {
    runtime: {
      env: {},
      fetch: () => Promise.reject(new TypeError("This test has no network")),
      now: () => 0,
      delay: () => Promise.resolve(),
      random: () => 0,
      resolve: () => Promise.reject(new Error("This test has no name server")),
      readFile(path) {
        const text = files[path];
        return text === undefined
          ? Promise.reject(new MissingFileError(path))
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
