// SPDX-License-Identifier: Apache-2.0
import { readSecretId } from "../../lib/operator/key.ts";
import type { Outcome } from "../../sandbox/simulators/jumio/simulator.ts";
import type { TestContext } from "./context.ts";
import { createTestContext } from "./context.ts";

/** The operator's secret in tests. */
export const OPERATOR_SECRET = "operator-secret-operator-secret-0123";

/** A test context with an operator API. */
export function createOperatedContext(
  { env, ...options }: Parameters<typeof createTestContext>[0] = {},
): Promise<TestContext> {
  return createTestContext({ ...options, env: { "OPERATOR_SECRET": OPERATOR_SECRET, ...env } });
}

/** Calls the operator API: GET without a body, POST with one. */
export async function callOperator(
  service: TestContext,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  // deno-lint-ignore no-explicit-any -- tests read answers of every form
): Promise<{ status: number; body: any }> {
  const common = { authorization: `Bearer ${OPERATOR_SECRET}`, "x-operator": "grace" };
  const init = body === undefined ? { headers: { ...common, ...headers } } : {
    method: "POST",
    headers: { ...common, "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
  const response = await service.send(`/operator/${path}`, init);
  return { status: response.status, body: await response.json() };
}

/** Registers a person. With an outcome, the person also finishes at Jumio. */
export async function createPerson(
  service: TestContext,
  { outcome, email }: { outcome?: Outcome; email?: string } = {},
): Promise<string> {
  const identityId = await service.register(email);
  const execution = service.jumio.executions.at(-1);
  if (outcome !== undefined) await service.jumio.finish(execution?.id ?? "", outcome);
  await service.drain();
  return identityId;
}

/** The id of an operator secret in records, by the place of the secret in the setting. */
export async function secretIdOf({ context }: TestContext, index = 0): Promise<string> {
  const key = context.config.operator.keys[index];
  if (key === undefined) throw new Error(`OPERATOR_SECRET has no value ${index + 1}`);
  return await readSecretId(key);
}

/** Registers a person at a Kratos without hooks, as if this service had been down. */
export async function registerWithoutHooks(service: TestContext, email?: string): Promise<string> {
  const after = { after: {} };
  const flows = { registration: after, login: after, recovery: after };
  service.kratos.configure({ selfservice: { flows } });
  return await service.register(email);
}

/** Reads the details of what operators did to an identity. */
export async function readActions(service: TestContext, identityId: string): Promise<unknown[]> {
  const { body } = await callOperator(service, `verifications/${identityId}/timeline`);
  return body.events.filter(({ event }: { event: string }) => event === "operator")
    .map(({ at: _, event: __, ...details }: Record<string, unknown>) => details);
}
