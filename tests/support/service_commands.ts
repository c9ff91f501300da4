// SPDX-License-Identifier: Apache-2.0
import { COMMANDS } from "../../cli/commands.ts";
import { runOperator } from "../../cli/frame/run.ts";
import type { TestContext } from "./context.ts";
import { OPERATOR_SECRET } from "./operator_api.ts";
import { createTestRuntime, type TestRuntimeOptions } from "./operator_runtime.ts";

/** An hour in milliseconds. */
export const HOUR = 3_600_000;

/** The environment in which an operator runs commands on the service. */
export const OPERATOR_ENV = {
  "PUBLIC_URL": "https://kyc.example.com",
  "OPERATOR_SECRET": OPERATOR_SECRET,
  "USER": "grace",
};

/** How a command on the service ended, and how long it waited in between. */
export interface ServiceCommandRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly delaysMs: readonly number[];
}

/** Runs a command line against a service in this process. */
export async function runCommand(
  service: TestContext,
  line: string,
  options: TestRuntimeOptions = {},
): Promise<ServiceCommandRun> {
  const delaysMs: number[] = [];
  const { runtime, stdout, stderr } = createTestRuntime({
    env: OPERATOR_ENV,
    fetch: (input, init) => {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      return service.send(pathname + search, request);
    },
    now: () => service.clock.now,
    delay: (ms) => {
      delaysMs.push(ms);
      return service.advance(ms);
    },
    ...options,
  });
  const exitCode = await runOperator(line.split(" "), { commands: COMMANDS, runtime });
  return { exitCode, stdout: stdout(), stderr: stderr(), delaysMs };
}

/** Lets the publishing of these people's verdicts fail until there are dead letters. */
export async function createDeadLetters(
  service: TestContext,
  people: readonly { outcome: "passed" | "rejected"; email?: string }[],
): Promise<readonly string[]> {
  const identityIds = [];
  for (const person of people) {
    service.kratos.faults.isAdminDown = false;
    const identityId = await service.register(person.email);
    service.kratos.faults.isAdminDown = true;
    const execution = String(service.metadata(identityId)["workflow_execution_id"]);
    await service.jumio.finish(execution, person.outcome);
    identityIds.push(identityId);
    // Starts keep to one a second.
    await service.advance(1_000);
  }
  for (let hour = 0; hour < 26; hour++) await service.advance(HOUR);
  service.kratos.faults.isAdminDown = false;
  return identityIds;
}

/** Registers people in a Kratos without our hooks, so that they have no verification. */
export async function registerWithoutHook(
  service: TestContext,
  ...names: readonly string[]
): Promise<readonly string[]> {
  const after = { after: {} };
  const flows = { registration: after, login: after, recovery: after };
  service.kratos.configure({ selfservice: { flows } });
  const identityIds = [];
  for (const name of names) identityIds.push(await service.register(`${name}@example.com`));
  return identityIds;
}
