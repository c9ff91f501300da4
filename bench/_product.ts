// SPDX-License-Identifier: Apache-2.0
import { parseConfig } from "../lib/config/config.ts";
import { type Context, createContext } from "../lib/context.ts";
import { createSharedDeadlines } from "../lib/deadline.ts";
import { createLog } from "../lib/log.ts";
import type { Store } from "../lib/kv/store.ts";
import { CHECK } from "../lib/verification/job_kinds.ts";
import { mergeWrites, type Write } from "../lib/kv/write.ts";
import { requestJob } from "../lib/jobs/job.ts";
import {
  type CallbackToken,
  callbackTokenKey,
  createCallbackToken,
  TOKEN_LIFETIME_MS,
} from "../lib/verification/callback_token.ts";
import { type Execution, executionKey } from "../lib/verification/executions.ts";
import { createHandler } from "../routes/mod.ts";
import { listRoutes } from "../routes/table.ts";
import { SERVICE_ENV } from "./_servers.ts";

/** The secret that signs callbacks. */
export const CALLBACK_SECRET = "callback-secret-of-this-bench";

/** The service in this process: its context, and its handler of requests. */
export interface Product {
  readonly context: Context;
  readonly handle: (request: Request) => Promise<Response>;
}

/** Creates the service over a store. Without `fetch` every call of an upstream fails. */
export async function createProduct(
  { store, fetch = () => Promise.reject(new TypeError("No upstream")) }: {
    store: Store;
    fetch?: typeof globalThis.fetch;
  },
): Promise<Product> {
  const config = await parseConfig({ ...SERVICE_ENV, "JUMIO_CALLBACK_SECRET": CALLBACK_SECRET });
  const log = createLog({ level: "error", write() {}, now: Date.now });
  const context = createContext({
    config,
    store,
    fetch,
    now: Date.now,
    random: Math.random,
    log,
    setDeadline: createSharedDeadlines(),
  });
  const handler = createHandler(context, await listRoutes(config));
  return { context, handle: (request) => handler(request, { remoteAddr: {} }) };
}

/** The rows of a job `start` that has succeeded: an execution, and its first poll at `pollAt`. */
export function startedExecution(
  { workflowExecutionId, identityId, accountId }: Record<
    "workflowExecutionId" | "identityId" | "accountId",
    string
  >,
  { pollAt, isCalledBack = false, now }: { pollAt: number; isCalledBack?: boolean; now: number },
): Write {
  const execution: Execution = {
    v: 1,
    identityId,
    accountId,
    callbackTokenHash: null,
    createdAt: now,
    round: 1,
    settled: null,
  };
  const job = requestJob({ key: [], value: null, versionstamp: null }, {
    kind: CHECK,
    id: workflowExecutionId,
    data: { accountId, isCalledBack, pollAfterMs: 0 },
    dueAt: pollAt,
    now,
  });
  const kept = { sets: [{ key: executionKey(workflowExecutionId), value: execution }] };
  // No other process writes here, and one write has no room for the checks of many jobs.
  return mergeWrites(kept, { ...job, checks: [] });
}

/** The body of a callback as Jumio sends it. */
export function callbackBody(
  { workflowExecutionId, accountId, status = "PROCESSED" }: {
    workflowExecutionId: string;
    accountId: string;
    status?: string;
  },
): string {
  return JSON.stringify({
    callbackSentAt: "2026-05-04T09:00:00.000Z",
    workflowExecution: {
      id: workflowExecutionId,
      href: `https://retrieval.example.com/workflow-executions/${workflowExecutionId}`,
      definitionKey: "10011",
      status,
    },
    account: { id: accountId, href: `https://retrieval.example.com/accounts/${accountId}` },
  });
}

/** A callback with a signature, for services with `JUMIO_CALLBACK_SECRET`. */
export async function signedCallback(
  ids: { workflowExecutionId: string; accountId: string },
): Promise<Request> {
  const body = callbackBody(ids);
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(CALLBACK_SECRET),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(body));
  return toCallback("", {
    body,
    headers: { "x-jumio-signature": new Uint8Array(mac).toHex() },
  });
}

/** A callback to an address with a token. Stores the token. */
export async function callbackWithToken(
  ids: { workflowExecutionId: string; identityId: string; accountId: string },
  { store }: { store: Store },
): Promise<Request> {
  const { token, tokenHash } = await createCallbackToken();
  const { workflowExecutionId, identityId } = ids;
  const expiresAt = Date.now() + TOKEN_LIFETIME_MS;
  const value: CallbackToken = { v: 1, identityId, workflowExecutionId, expiresAt };
  await store.commit({ sets: [{ key: callbackTokenKey(tokenHash), value }] });
  return toCallback(`/${token}`, { body: callbackBody(ids), headers: {} });
}

function toCallback(
  path: string,
  { body, headers }: { body: string; headers: Readonly<Record<string, string>> },
): Request {
  return new Request(`http://127.0.0.1/jumio/callback${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "content-length": String(body.length),
      ...headers,
    },
    body,
  });
}
