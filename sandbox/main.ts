// SPDX-License-Identifier: Apache-2.0
/**
 * `deno task dev`: the service with simulators of Jumio and Kratos, and a page to drive them. If
 * there is a `.env`, and without `--simulators`: the service alone, with the real Jumio and Ory.
 *
 * @module
 */

import { serveRealUpstreams } from "./_real_upstreams.ts";
import { serveSimulators } from "./_simulated_upstreams.ts";
import { findSetupProblem, readPort } from "./setup.ts";
import { createTerminal } from "./terminal.ts";

const ROOT = new URL("../", import.meta.url);

const terminal = createTerminal();
const port = Deno.env.get("PORT");
const problem = findSetupProblem({ port, version: Deno.version.deno });
if (problem !== undefined) terminal.fail(problem);
if (!Deno.args.includes("--simulators") && await hasSettings()) {
  await serveRealUpstreams({ root: ROOT, terminal });
} else {
  await serveSimulators({ root: ROOT, terminal, port: readPort(port) });
}

async function hasSettings(): Promise<boolean> {
  try {
    return (await Deno.stat(new URL(".env", ROOT))).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
