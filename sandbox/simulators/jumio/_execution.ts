/** An execution as the simulator keeps it. */
export interface SimulatedExecution {
  readonly id: string;
  readonly accountId: string;
  readonly customerInternalReference: string;
  readonly userReference: string | undefined;
  readonly definitionKey: string;
  readonly callbackUrl: string | undefined;
  readonly successUrl: string | undefined;
  readonly errorUrl: string | undefined;
  readonly href: string;
  readonly linkToken: string;
  readonly createdAt: number;
  readonly linkExpiresAt: number;
  status: string;
  decision: { type: string; label: string; score: number } | undefined;
  startedAt: number | undefined;
  completedAt: number | undefined;
}

/**
 * Expires an execution. Jumio has been seen to report this in two forms, NOT_EXECUTED with a score
 * of -1 and REJECTED with 100: they take turns here, by the execution's id.
 */
export function expireExecution(
  execution: SimulatedExecution,
  { status, at }: { status: "SESSION_EXPIRED" | "TOKEN_EXPIRED"; at: number },
): void {
  execution.status = status;
  execution.completedAt = at;
  const looksRejected = Number.parseInt(execution.id.slice(0, 2), 16) % 2 === 0;
  execution.decision = looksRejected
    ? { type: "REJECTED", label: status, score: 100 }
    : { type: "NOT_EXECUTED", label: status, score: -1 };
}

/** The answer of the status API, with `workflowExecution`. */
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

/** The answer of the details API, with `workflow` and with the personal data that Jumio has. */
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
