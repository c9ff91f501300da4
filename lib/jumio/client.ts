// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { AccessToken } from "./access_token.ts";
import { createSend } from "./_send.ts";
import { JumioId, type Started, type StartOptions, startWorkflow } from "./_start_workflow.ts";
import type { CallUpstream, UpstreamAnswer } from "../upstream/call.ts";
import { checkStatus, readAnswer } from "../upstream/read_answer.ts";

export { mayHaveStarted, type Started, type StartOptions } from "./_start_workflow.ts";

/** What Jumio's Retrieval API returns of an execution, without any personal data. */
export interface WorkflowDetails {
  readonly accountId: string;
  readonly workflowExecutionId: string;
  readonly status: string;
  readonly decision: string | undefined;
  readonly customerInternalReference: string | undefined;
  readonly userReference: string | undefined;
}

/** Names an execution in Jumio's API, which always wants its account too. */
export interface ExecutionIds {
  readonly accountId: string;
  readonly workflowExecutionId: string;
}

/** Details have `workflow` where status and callback have `workflowExecution` ("Retrieval API"). */
const DetailsResponse = z.lazy(() =>
  z.object({
    workflow: z.object({
      id: JumioId,
      status: z.string(),
      customerInternalReference: z.nullish(z.string().toLowerCase()),
      userReference: z.nullish(z.string().toLowerCase()),
    }),
    account: z.object({ id: JumioId }),
    decision: z.nullish(z.object({ type: z.nullish(z.string()) })),
  })
);

const StatusResponse = z.lazy(() =>
  z.object({
    account: z.object({ id: JumioId }),
    workflowExecution: z.object({ id: JumioId, status: z.string() }),
  })
);

/**
 * The part of Jumio's API that we use. Each call may throw an {@linkcode UpstreamError}.
 *
 * Titles in quotation marks name pages of Jumio's documentation at documentation.jumio.ai. The API
 * guide is in github.com/Jumio/implementation-guides.
 */
export interface Jumio {
  /**
   * Creates an account with a first execution; with `accountId`, a new execution on that account
   * ("Creating or Updating Accounts").
   */
  startWorkflow(options: StartOptions): Promise<Started>;
  /** Reads an execution's status. Undefined where Jumio has deleted the execution. */
  retrieveStatus(execution: ExecutionIds): Promise<string | undefined>;
  /**
   * Reads an execution with its decision. Undefined where Jumio answers 404: after a deletion
   * ("Retrieval API"), and for a short time after the status became PROCESSED (observed).
   */
  retrieveDetails(execution: ExecutionIds): Promise<WorkflowDetails | undefined>;
  /**
   * Deletes the credentials of an account: images, biometrics and extracted data of all executions
   * ("Delete Credentials"). Their metadata and decisions stay. This cannot be undone. An account that does not exist counts as deleted.
   */
  deleteAccount(accountId: string): Promise<void>;
}

export interface JumioOptions {
  readonly accountUrl: URL;
  readonly retrievalUrl: URL;
  readonly workflowKey: string;
  readonly accessToken: AccessToken;
  readonly call: CallUpstream;
}

/** Creates the client. A verdict is always read through it, and never taken from a callback. */
export function createJumio(options: JumioOptions): Jumio {
  const send = createSend(options);
  const { retrievalUrl } = options;
  const executionUrl = ({ accountId, workflowExecutionId: id }: ExecutionIds, suffix = "") =>
    new URL(`accounts/${accountId}/workflow-executions/${id}${suffix}`, retrievalUrl);

  return {
    startWorkflow: (start) => startWorkflow(start, { ...options, send }),

    async retrieveStatus(execution) {
      const url = executionUrl(execution, "/status");
      const answer = await send({ action: "read a Jumio status", method: "GET", url });
      if (isGone(answer)) return undefined;
      return readAnswer(StatusResponse, answer).workflowExecution.status;
    },

    async retrieveDetails(execution) {
      const url = executionUrl(execution);
      const answer = await send({ action: "read Jumio details", method: "GET", url });
      return isGone(answer) ? undefined : readDetails(answer);
    },

    async deleteAccount(accountId) {
      // Jumio deletes accounts at its retrieval host, not at the host that creates them.
      const url = new URL(`accounts/${accountId}`, retrievalUrl);
      const answer = await send({ action: "delete a Jumio account", method: "DELETE", url });
      if (!isGone(answer)) checkStatus(answer);
    },
  };
}

function isGone({ status }: UpstreamAnswer): boolean {
  return status === 404 || status === 410;
}

function readDetails(answer: UpstreamAnswer): WorkflowDetails {
  const { workflow, account, decision } = readAnswer(DetailsResponse, answer);
  return {
    accountId: account.id,
    workflowExecutionId: workflow.id,
    status: workflow.status,
    decision: decision?.type ?? undefined,
    customerInternalReference: workflow.customerInternalReference ?? undefined,
    userReference: workflow.userReference ?? undefined,
  };
}
