// SPDX-License-Identifier: Apache-2.0
import { delay as realDelay } from "../../../lib/deadline.ts";

const ATTEMPTS = 3;
const TIMEOUT_MS = 30_000;

/** How hooks are sent. */
export interface CallOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  /** Waits between attempts. @default {delay} */
  readonly delay?: (ms: number) => Promise<void>;
  /** Limits one attempt, including the body of its answer. @default {30000} */
  readonly hookTimeoutMs?: number;
  /** Older versions of Kratos send no `Ory-Webhook-Trigger-ID`. @default {true} */
  readonly hasTriggerId?: boolean;
}

/** A hook to send. */
export interface HookCall {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly auth:
    | { readonly name: string; readonly value: string; readonly in?: string | undefined }
    | undefined;
}

/** The result of all attempts. `isTimeout` is about the last one. */
export type HookCallEnd =
  | { readonly kind: "answered"; readonly status: number; readonly text: string }
  | { readonly kind: "gave_up"; readonly attempts: number; readonly isTimeout: boolean };

type Attempt =
  | { kind: "answered"; status: number; text: string; retryAfter: string | null }
  | { kind: "no_answer"; isTimeout: boolean };

/**
 * Sends a hook as Kratos does: at most three attempts, with retries after a lost connection, a
 * timeout, 429, and every 5xx except 501.
 */
export async function callHook(call: HookCall, options: CallOptions): Promise<HookCallEnd> {
  const { now, delay = realDelay, hasTriggerId = true } = options;
  const { auth } = call;
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "user-agent": "Go-http-client/1.1",
  };
  if (auth?.in === "cookie") headers["cookie"] = `${auth.name}=${auth.value}`;
  else if (auth !== undefined) headers[auth.name] = auth.value;
  // The trigger id is the same for all attempts; each attempt has a request id of its own.
  if (hasTriggerId) headers["ory-webhook-trigger-id"] = crypto.randomUUID();
  let isTimeout = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    headers["ory-webhook-request-id"] = crypto.randomUUID();
    const end = await tryOnce(call, { headers, options });
    if (end.kind === "answered" && !isRetried(end.status)) return end;
    isTimeout = end.kind === "no_answer" && end.isTimeout;
    const retryAfterMs = end.kind === "answered" ? readRetryAfter(end, now()) : undefined;
    if (attempt < ATTEMPTS) await delay(retryAfterMs ?? 1000 * 2 ** (attempt - 1));
  }
  return { kind: "gave_up", attempts: ATTEMPTS, isTimeout };
}

async function tryOnce(
  { method, url, body }: HookCall,
  { headers, options }: { headers: Record<string, string>; options: CallOptions },
): Promise<Attempt> {
  const { fetch, hookTimeoutMs = TIMEOUT_MS } = options;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), hookTimeoutMs);
  try {
    const response = await fetch(url, { method, headers, body, signal: timeout.signal });
    const text = await response.text();
    const retryAfter = response.headers.get("retry-after");
    return { kind: "answered", status: response.status, text, retryAfter };
  } catch {
    // The connection was refused, broken, or too slow. Kratos retries after each of these.
    return { kind: "no_answer", isTimeout: timeout.signal.aborted };
  } finally {
    clearTimeout(timer);
  }
}

function isRetried(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

/** Kratos waits as long as Retry-After says after 429 and 503, without an upper limit. */
function readRetryAfter(
  { status, retryAfter }: { status: number; retryAfter: string | null },
  now: number,
): number | undefined {
  if (retryAfter === null || (status !== 429 && status !== 503)) return undefined;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
