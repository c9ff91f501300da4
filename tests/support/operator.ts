// SPDX-License-Identifier: Apache-2.0
import { COMMANDS } from "../../cli/commands.ts";
import { MissingFileError, UsageError } from "../../cli/frame/command.ts";
import { runOperator } from "../../cli/frame/run.ts";
import { createTestRuntime, type TestRuntimeOptions } from "./operator_runtime.ts";

/** How a command of the operator's program ended. */
export interface OperatorRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line of the operator's program in this process, with real files. */
export async function operate(
  argv: readonly string[],
  options: TestRuntimeOptions = {},
): Promise<OperatorRun> {
  const { runtime, stdout, stderr } = createTestRuntime(options);
  const readFile = async (path: string) => {
    const text = options.files?.[path];
    if (text !== undefined) return text;
    return await Deno.readTextFile(path).catch((cause) => {
      if (cause instanceof Deno.errors.NotFound) throw new MissingFileError(path, { cause });
      throw new UsageError(`Cannot read "${path}"`, { cause });
    });
  };
  const exitCode = await runOperator(argv, {
    commands: COMMANDS,
    runtime: { ...runtime, readFile },
  });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}
