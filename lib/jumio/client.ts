import * as z from "zod";
import type { AccessToken } from "./access_token.ts";
import { UpstreamError } from "../upstream/error.ts";
import { isLoopback } from "../http/client_address.ts";
import type { CallUpstream, UpstreamAnswer } from "../upstream/call.ts";
import { USER_AGENT } from "../upstream/user_agent.ts";

/** A create that we give up may still be done, and leaves a spare account: so it gets longer. */
const CREATE_TIMEOUT_MS = 8_000;

/** The person's way into Jumio and what names it. The rest of the answer is not ours to keep. */
export type Started = {
  readonly accountId: string;
  readonly workflowExecutionId: string;
  /**
   * A capability: whoever has it acts as the person. Undefined without a web domain at Jumio, and
   * where it is no address to send a person to: TLS only, a simulator on loopback apart.
   */
  readonly href: string | undefined;
};

/** What reading back tells, with all personal data left out. */
export type WorkflowDetails = {
  readonly accountId: string;
  readonly workflowExecutionId: string;
  readonly status: string;
  readonly decision: string | undefined;
  readonly customerInternalReference: string | undefined;
  readonly userReference: string | undefined;
};

/** Only `account.id` and `workflowExecution.id` are always there. */
const StartResponse = z.object({
  account: z.object({ id: z.guid() }),
  workflowExecution: z.object({ id: z.guid() }),
  web: z.optional(z.object({ href: z.optional(z.url({ protocol: /^https?$/ })) })),
});

/** Details have `workflow` where status and callback have `workflowExecution`. */
const DetailsResponse = z.object({
  workflow: z.object({
    id: z.guid(),
    status: z.string(),
    customerInternalReference: z.nullish(z.string()),
    userReference: z.nullish(z.string()),
  }),
  account: z.object({ id: z.guid() }),
  decision: z.nullish(z.object({ type: z.nullish(z.string()) })),
});

const StatusResponse = z.object({
  account: z.object({ id: z.guid() }),
  workflowExecution: z.object({ id: z.guid(), status: z.string() }),
});

/** The part of Jumio's API that we use. Every call may throw an {@linkcode UpstreamError}. */
export interface Jumio {
  /** POST for a person's first execution; PUT, with `accountId`, for each later one. */
  startWorkflow(options: {
    identityId: string;
    accountId?: string | undefined;
    callbackUrl?: string | undefined;
    tokenLifetime: string;
    /** Where Jumio sends the person afterwards, and in which language it speaks. */
    web?: { returnUrl: string; locale?: string | undefined } | undefined;
  }): Promise<Started>;
  retrieveStatus(execution: { accountId: string; workflowExecutionId: string }): Promise<string>;
  /** Undefined while Jumio answers 404: just after PROCESSED, and after a deletion. */
  retrieveDetails(
    execution: { accountId: string; workflowExecutionId: string },
  ): Promise<WorkflowDetails | undefined>;
  /**
   * Deletes what Jumio holds of a person: irreversibly, and with all executions of the account. An
   * account that is not there any more is as good as deleted.
   */
  deleteAccount(accountId: string): Promise<void>;
}

/** Creates the client. The verdict is always read through it, never from a callback. */
export function createJumio(
  { accountUrl, retrievalUrl, workflowKey, accessToken, call }: {
    accountUrl: URL;
    retrievalUrl: URL;
    workflowKey: string;
    accessToken: AccessToken;
    call: CallUpstream;
  },
): Jumio {
  /** Sends with a token; once more with a new one where Jumio refuses the first. */
  async function send(
    action: string,
    request: {
      method: "GET" | "POST" | "PUT" | "DELETE";
      url: URL;
      body?: string;
      timeoutMs?: number;
    },
  ): Promise<UpstreamAnswer> {
    const token = await accessToken.get();
    const answer = await sendWith(token, { action, ...request });
    if (answer.status !== 401) return answer;
    await accessToken.drop(token);
    return await sendWith(await accessToken.get(), { action, ...request });
  }

  async function sendWith(
    token: string,
    request: {
      action: string;
      method: "GET" | "POST" | "PUT" | "DELETE";
      url: URL;
      body?: string;
      timeoutMs?: number;
    },
  ): Promise<UpstreamAnswer> {
    return await call({
      upstream: "jumio",
      headers: {
        "authorization": `Bearer ${token}`,
        "content-type": "application/json",
        "accept": "application/json",
        "user-agent": USER_AGENT,
      },
      ...request,
    });
  }

  function executionUrl(
    { accountId, workflowExecutionId }: { accountId: string; workflowExecutionId: string },
    suffix = "",
  ): URL {
    const path = `accounts/${accountId}/workflow-executions/${workflowExecutionId}${suffix}`;
    return new URL(path, retrievalUrl);
  }

  return {
    async startWorkflow({ identityId, accountId, callbackUrl, tokenLifetime, web: way }) {
      const action = accountId === undefined ? "create a Jumio account" : "update a Jumio account";
      const answer = await send(action, {
        method: accountId === undefined ? "POST" : "PUT",
        url: new URL(accountId === undefined ? "accounts" : `accounts/${accountId}`, accountUrl),
        body: JSON.stringify({
          customerInternalReference: identityId,
          userReference: identityId,
          workflowDefinition: { key: workflowKey },
          tokenLifetime,
          callbackUrl,
          web: way && { successUrl: way.returnUrl, errorUrl: way.returnUrl, locale: way.locale },
        }),
        timeoutMs: CREATE_TIMEOUT_MS,
      });
      const { account, workflowExecution, web } = parseAnswer(StartResponse, { action, answer });
      return {
        accountId: account.id,
        workflowExecutionId: workflowExecution.id,
        href: web?.href !== undefined && isSafe(new URL(web.href)) ? web.href : undefined,
      };
    },

    async retrieveStatus(execution) {
      const action = "read a Jumio status";
      const answer = await send(action, { method: "GET", url: executionUrl(execution, "/status") });
      return parseAnswer(StatusResponse, { action, answer }).workflowExecution.status;
    },

    async retrieveDetails(execution) {
      const action = "read Jumio details";
      const answer = await send(action, { method: "GET", url: executionUrl(execution) });
      if (answer.status === 404) return undefined;
      const { workflow, account, decision } = parseAnswer(DetailsResponse, { action, answer });
      return {
        accountId: account.id,
        workflowExecutionId: workflow.id,
        status: workflow.status,
        decision: decision?.type ?? undefined,
        customerInternalReference: workflow.customerInternalReference ?? undefined,
        userReference: workflow.userReference ?? undefined,
      };
    },

    async deleteAccount(accountId) {
      const action = "delete a Jumio account";
      // Deletion is at the retrieval host, not where accounts are made.
      const url = new URL(`accounts/${accountId}`, retrievalUrl);
      const { status, retryAfterMs } = await send(action, { method: "DELETE", url });
      if (status === 404 || (status >= 200 && status <= 299)) return;
      throw new UpstreamError("jumio", "status", { action, status, retryAfterMs });
    },
  };
}

function isSafe(url: URL): boolean {
  return url.protocol === "https:" || isLoopback(url);
}

function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  { action, answer }: { action: string; answer: UpstreamAnswer },
): z.output<Schema> {
  const { status, json, retryAfterMs } = answer;
  if (status < 200 || status > 299) {
    throw new UpstreamError("jumio", "status", { action, status, retryAfterMs });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw new UpstreamError("jumio", "malformed", { action, status, cause: parsed.error });
  }
  return parsed.data;
}
