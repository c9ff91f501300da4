// SPDX-License-Identifier: Apache-2.0
/**
 * `deno task operator`: runs one command of the operator's program and exits with its code.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import { SETTINGS } from "../lib/config/config.ts";
import { delay } from "../lib/deadline.ts";
import { COMMANDS } from "./commands.ts";
import { MissingFileError, UsageError } from "./frame/command.ts";
import type { Output } from "./frame/output.ts";
import { runOperator } from "./frame/run.ts";

const VARIABLES = [...SETTINGS, "OPERATOR_URL", "USER", "NO_COLOR"];

const exitCode = await runOperator(Deno.args, {
  commands: COMMANDS,
  runtime: {
    env: Object.fromEntries(VARIABLES.map((name) => [name, Deno.env.get(name)])),
    fetch,
    now: Date.now,
    delay,
    random: Math.random,
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
      throw new MissingFileError(path, { cause });
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
        // One call may write only a part to a pipe.
        while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        // The reader has closed the pipe, as `head` does.
        Deno.exit(1);
      }
    },
  };
}
