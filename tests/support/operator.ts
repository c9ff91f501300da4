import { runOperator } from "../../cli/frame/run.ts";
import { UsageError } from "../../cli/frame/command.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { createOperatorIo } from "./operator_io.ts";

/** How a command of the operator's program ended. */
export interface OperatorRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line of the operator's program, here and not as a process, on real files. */
export async function operate(
  argv: readonly string[],
  options: Parameters<typeof createOperatorIo>[0] = {},
): Promise<OperatorRun> {
  const { io, stdout, stderr } = createOperatorIo(options);
  const readFile = async (path: string) => {
    const given = options.files?.[path];
    if (given !== undefined) return given;
    return await Deno.readTextFile(path).catch((cause) => {
      throw new UsageError(`Cannot read "${path}"`, { cause });
    });
  };
  const exitCode = await runOperator(argv, { commands: COMMANDS, io: { ...io, readFile } });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}
