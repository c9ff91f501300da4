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

/** Asks the operator API, or with a body changes something. */
export async function callOperator(
  service: TestContext,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  // deno-lint-ignore no-explicit-any -- tests look into answers of every form
): Promise<{ status: number; body: any }> {
  const response = await service.send(`/operator/${path}`, {
    headers: { authorization: `Bearer ${OPERATOR_SECRET}`, "x-operator": "grace", ...headers },
    ...(body === undefined ? {} : {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${OPERATOR_SECRET}`,
        "x-operator": "grace",
        ...headers,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  });
  return { status: response.status, body: await response.json() };
}

/** A person whose visit to Jumio has ended. */
export async function createPerson(
  service: TestContext,
  { outcome }: { outcome?: Outcome } = {},
): Promise<string> {
  const identityId = await service.register();
  const execution = service.jumio.executions.at(-1);
  if (outcome !== undefined) await service.jumio.finish(execution?.id ?? "", outcome);
  await service.drain();
  return identityId;
}

/** What the test's secret is called in records. */
export function secretIdOf({ context }: TestContext): string | undefined {
  return context.config.operatorKeys[0]?.id;
}
