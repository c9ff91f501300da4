// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { type Execution, executionKey } from "../../lib/verification/executions.ts";
import type { SimulatedExecution } from "../../sandbox/simulators/jumio/simulator.ts";
import { CALLBACK_SECRET, type TestContext } from "./context.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** Registers a person, and returns the execution that was started for them. */
export async function registerPerson(
  service: TestContext,
  email?: string,
): Promise<{ identityId: string; execution: SimulatedExecution }> {
  const identityId = await service.register(email);
  const execution = service.jumio.executions.at(-1);
  assert(execution);
  return { identityId, execution };
}

/** Creates the body of a callback, with addresses that must not be followed. */
export function createCallback(
  { id, accountId }: { id: string; accountId: string },
  status = "PROCESSED",
): string {
  return JSON.stringify({
    callbackSentAt: "2026-05-04T09:21:07.113Z",
    workflowExecution: { id, href: "https://evil.example.com/", definitionKey: "10011", status },
    account: { id: accountId, href: "https://evil.example.com/" },
  });
}

/** Signs a body as Jumio's proxy would. */
export function signCallback(body: string, secret = CALLBACK_SECRET): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

/** Sends a callback. */
export async function postCallback(
  service: TestContext,
  { path = "/jumio/callback", body, headers = {} }: {
    path?: string;
    body: string;
    headers?: Record<string, string>;
  },
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await service.send(path, {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body,
  });
  return { status: response.status, body: await response.json() };
}

/** Calls back by the execution's own address, as Jumio does. */
export async function callBack(
  service: TestContext,
  { execution, status }: { execution: SimulatedExecution; status?: string },
): Promise<{ status: number; body: Record<string, unknown> }> {
  const path = new URL(execution.callbackUrl ?? "").pathname;
  return await postCallback(service, { path, body: createCallback(execution, status) });
}

/** Reads the outcome by which an execution was settled. */
export async function readOutcome(
  service: TestContext,
  workflowExecutionId: string,
): Promise<unknown> {
  const { value } = await service.store.get<Execution>(executionKey(workflowExecutionId));
  return value?.settled?.outcome;
}

/** Counts the calls to Jumio of one method. */
export function countJumioCalls(service: TestContext, method: string): number {
  return service.jumio.calls.filter((call) => call.method === method).length;
}
