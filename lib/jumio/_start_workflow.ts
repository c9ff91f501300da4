// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Send } from "./_send.ts";
import { isLoopback } from "../http/client_address.ts";
import type { UpstreamAnswer } from "../upstream/call.ts";
import { UpstreamError } from "../upstream/error.ts";
import { readAnswer } from "../upstream/read_answer.ts";

/**
 * Jumio has no idempotency key: it may create an account after we gave up, and that account is then
 * never used. So a start may take longer than other calls.
 */
const START_TIMEOUT_MS = 8_000;

/** Browsers accept longer links, but a KV row is bounded. Jumio's links have about 500. */
const MAX_LINK_CHARACTERS = 8_192;

/** A started execution. Jumio's answer has more, such as SDK tokens, which is not kept. */
export interface Started {
  readonly accountId: string;
  readonly workflowExecutionId: string;
  /**
   * The link to Jumio's web client. It is a capability: it lets any holder act as the person.
   * Undefined where the tenant has no domain name prefix ("Web Client" in Jumio's API guide), or
   * where the link cannot be used, see {@linkcode readLink}.
   */
  readonly href: string | undefined;
}

export interface StartOptions {
  readonly identityId: string;
  /** Undefined for a person's first execution. */
  readonly accountId?: string | undefined;
  readonly callbackUrl?: string | undefined;
  /** A number and a unit, as Jumio wants it: `30m`, `1d`. */
  readonly tokenLifetime: string;
  /** Where Jumio's web client sends the person at the end, and its language. */
  readonly web?: { returnUrl: string; locale?: string | undefined } | undefined;
}

interface StartWorkflowOptions {
  readonly accountUrl: URL;
  readonly workflowKey: string;
  readonly send: Send;
}

/** An id of Jumio. In upper case it is the same id. */
export const JumioId = z.lazy(() => z.guid().toLowerCase());

/**
 * Only `account.id` and `workflowExecution.id` are always there ("Web Client" in the API guide).
 * With both, Jumio has made something, so nothing else may make the answer useless.
 */
const StartResponse = z.lazy(() =>
  z.object({
    account: z.object({ id: JumioId }),
    workflowExecution: z.object({ id: JumioId }),
    web: z.object({ href: z.string() }).optional().catch(undefined),
  })
);

/**
 * Creates an account with a first execution; with `accountId`, an execution on that account. If Jumio
 * has deleted that account, it creates another one.
 *
 * @throws {UpstreamError} `other_account` where Jumio made the execution on an account of its choice.
 */
export async function startWorkflow(
  { accountId, ...start }: StartOptions,
  options: StartWorkflowOptions,
): Promise<Started> {
  const answer = await sendStart({ accountId, ...start }, options);
  const isDeleted = accountId !== undefined && (answer.status === 404 || answer.status === 410);
  if (isDeleted) return await startWorkflow(start, options);
  const { account, workflowExecution, web } = readAnswer(StartResponse, answer);
  if (accountId !== undefined && account.id !== accountId) {
    const { action, status } = answer;
    throw new UpstreamError("jumio", "other_account", { action, status });
  }
  return {
    accountId: account.id,
    workflowExecutionId: workflowExecution.id,
    href: readLink(web?.href),
  };
}

async function sendStart(
  { identityId, accountId, callbackUrl, tokenLifetime, web }: StartOptions,
  { accountUrl, workflowKey, send }: StartWorkflowOptions,
): Promise<UpstreamAnswer> {
  const isFirst = accountId === undefined;
  return await send({
    action: isFirst ? "create a Jumio account" : "update a Jumio account",
    method: isFirst ? "POST" : "PUT",
    url: new URL(isFirst ? "accounts" : `accounts/${accountId}`, accountUrl),
    body: JSON.stringify({
      customerInternalReference: identityId,
      userReference: identityId,
      workflowDefinition: { key: workflowKey },
      tokenLifetime,
      callbackUrl,
      web: web && { successUrl: web.returnUrl, errorUrl: web.returnUrl, locale: web.locale },
    }),
    timeoutMs: START_TIMEOUT_MS,
    isSentOnce: true,
  });
}

/**
 * Whether Jumio may have made something in a call that failed. Only some failures exclude it: no
 * connection or no access token, a 4xx, and a 503.
 */
export function mayHaveStarted({ reason, status = 0, wasSent }: UpstreamError): boolean {
  if (!wasSent) return false;
  return reason !== "status" || (status !== 503 && (status < 400 || status > 499));
}

/**
 * The link in the form that headers and logs can carry. Undefined if it is no absolute link, has
 * control characters, is over-long, or is unsafe: neither HTTPS nor a simulator on loopback.
 */
function readLink(href = ""): string | undefined {
  if (/\p{Cc}/u.test(href)) return undefined;
  const url = URL.parse(href);
  // Percent-encoded, one letter can become nine characters.
  if (url !== null && url.href.length > MAX_LINK_CHARACTERS) return undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url));
  return isSafe ? url?.href : undefined;
}
