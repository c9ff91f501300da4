// SPDX-License-Identifier: Apache-2.0
import type { SimulatedExecution } from "./_execution.ts";

/** The answer of the status API, which has the key `workflowExecution`. */
export function toStatus(execution: SimulatedExecution, host: string): unknown {
  return {
    account: { id: execution.accountId, href: `${host}/api/v1/accounts/${execution.accountId}` },
    workflowExecution: {
      id: execution.id,
      href: `${host}/api/v1/workflow-executions/${execution.id}`,
      definitionKey: execution.definitionKey,
      status: execution.status,
    },
  };
}

/** The answer of the details API, which has the key `workflow` and contains personal data. */
export function toDetails(execution: SimulatedExecution): unknown {
  const { decision } = execution;
  return {
    workflow: {
      id: execution.id,
      status: execution.status,
      definitionKey: execution.definitionKey,
      customerInternalReference: execution.customerInternalReference,
      ...(execution.userReference === undefined ? {} : { userReference: execution.userReference }),
    },
    account: { id: execution.accountId },
    createdAt: new Date(execution.createdAt).toISOString(),
    credentials: [{ id: crypto.randomUUID(), category: "ID", parts: [{ classifier: "FRONT" }] }],
    ...(decision === undefined ? {} : {
      decision: {
        type: decision.type,
        details: { label: decision.label },
        risk: { score: decision.score },
      },
    }),
    capabilities: {
      extraction: [{
        id: crypto.randomUUID(),
        data: {
          firstName: "PERSONALFIRSTNAME",
          lastName: "PERSONALLASTNAME",
          dateOfBirth: "1990-01-01",
          documentNumber: "PERSONALDOCNUMBER",
        },
      }],
    },
  };
}

/** An answer in JSON, spelled as {@linkcode spell} does. */
export function answer(body: unknown, faults: { upperCase: boolean }): Response {
  const headers = { "content-type": "application/json" };
  return new Response(spell(body, faults), { headers });
}

/** The JSON of a body. With `upperCase`, with all ids and references in upper case. */
export function spell(body: unknown, { upperCase }: { upperCase: boolean }): string {
  const text = JSON.stringify(body);
  const ids = /"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g;
  return upperCase ? text.replace(ids, (id) => id.toUpperCase()) : text;
}

/** Jumio's answer to a call that fails. */
export function problem(status: number, title: string, detail = title): Response {
  return Response.json({ title, status, detail }, { status });
}
