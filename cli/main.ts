/**
 * `deno task operator`: the operator's program. It hands the process to a command and leaves.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import { SETTINGS } from "../lib/config/config.ts";
import { runOperator } from "./frame/run.ts";
import { UsageError } from "./frame/command.ts";
import { COMMANDS } from "./commands.ts";
import type { Output } from "./frame/output.ts";

const NAMES = [...SETTINGS, "OPERATOR_URL", "USER", "NO_COLOR"];

const exitCode = await runOperator(Deno.args, {
  commands: COMMANDS,
  io: {
    env: Object.fromEntries(NAMES.map((name) => [name, Deno.env.get(name)])),
    fetch,
    now: Date.now,
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    async resolve(hostname) {
      const addresses = await lookup(hostname, { all: true });
      return addresses.map(({ address }) => address);
    },
    readFile,
    readStdin: () => new Response(Deno.stdin.readable).text(),
    ask: (question) => Deno.stdin.isTerminal() ? prompt(question) ?? "" : undefined,
    stdout: createOutput(Deno.stdout),
    stderr: createOutput(Deno.stderr),
  },
});
Deno.exit(exitCode);

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new UsageError(`Cannot read "${path}": there is no such file`, { cause });
    }
    throw new UsageError(`Cannot read "${path}"`, { cause });
  }
}

function createOutput(stream: typeof Deno.stdout | typeof Deno.stderr): Output {
  return {
    isTerminal: stream.isTerminal(),
    write(text) {
      let bytes = new TextEncoder().encode(text);
      try {
        // A pipe may take less than the whole.
        while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        // Whoever reads has seen enough, as `head` does.
        Deno.exit(1);
      }
    },
  };
}
