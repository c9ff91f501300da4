// SPDX-License-Identifier: Apache-2.0
import { setOwnDeadline } from "../deadline.ts";
import type { DatedAnswer } from "./clock.ts";
import { type Upstream, UpstreamError } from "./error.ts";
import { VERSION } from "./version.ts";

/** Names application and company, in this form. Jumio answers 403 to a call without it. */
export const USER_AGENT = `ory-jumio-bridge ory-jumio-bridge/${VERSION}`;

/** Jumio and Kratos answer with some kilobytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Shorter than the lease of the job that makes the call. */
const TIMEOUT_MS = 4_000;

export interface UpstreamCall {
  readonly upstream: Upstream;
  /** Completes the sentence "Cannot …" in errors: `read Jumio details`. */
  readonly action: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Made from settings and ids, never found in a payload. */
  readonly url: URL;
  /** Sent with `User-Agent`, which need not be among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Until the end of the answer's body.
   *
   * @default {4000}
   */
  readonly timeoutMs?: number;
  /**
   * Must not be sent twice, see {@linkcode createFetchOnce}.
   *
   * @default {false}
   */
  readonly isSentOnce?: boolean;
  /**
   * The status of the answer is all that counts. Of its body at most this much is read and dropped,
   * so that the connection can be used again. Without it, the body is read as JSON.
   */
  readonly maxDrainedBytes?: number;
}

/** An answer whose body has been read to its end. */
export interface UpstreamAnswer {
  /** As in the call that it answers. */
  readonly upstream: Upstream;
  readonly action: string;
  readonly status: number;
  /** Not checked yet. Undefined where the body is empty or not JSON. */
  readonly json: unknown;
  /** How long the upstream asked us to wait. */
  readonly retryAfterMs: number | undefined;
  /** The `Link` header, which Kratos pages lists by. */
  readonly link: string | undefined;
}

/** Calls an upstream. An answer of any status is returned, except for redirects. */
export type CallUpstream = (call: UpstreamCall) => Promise<UpstreamAnswer>;

/**
 * Creates the only way out of the service. It refuses every origin that is not in the
 * configuration, so that a URL from a payload can never be called, with or without our credentials.
 *
 * A call throws an {@linkcode UpstreamError} on a timeout, a network failure, a redirect, and an
 * answer over 1 MiB.
 */
export function createUpstream(
  { fetch, fetchOnce = fetch, origins, now, onAnswer = () => {} }: {
    fetch: typeof globalThis.fetch;
    fetchOnce?: typeof globalThis.fetch | undefined;
    origins: ReadonlySet<string>;
    now: () => number;
    /** Learns when an answer was sent and received, before its body is read. */
    onAnswer?: (upstream: Upstream, answer: DatedAnswer) => void;
  },
): CallUpstream {
  return async ({ upstream, action, method, url, headers, body, ...options }) => {
    const { timeoutMs = TIMEOUT_MS, isSentOnce = false, maxDrainedBytes } = options;
    if (!origins.has(url.origin)) {
      throw new UpstreamError(upstream, "origin_not_allowed", { action, wasSent: false });
    }
    const timeout = new AbortController();
    const cancelTimer = setOwnDeadline(() => timeout.abort(), timeoutMs);
    const sentAt = now();
    try {
      const response = await (isSentOnce ? fetchOnce : fetch)(url, {
        method,
        headers: { "user-agent": USER_AGENT, ...headers },
        redirect: "manual",
        signal: timeout.signal,
        ...(body === undefined ? {} : { body }),
      });
      const { status, headers: answerHeaders } = response;
      onAnswer(upstream, { headers: answerHeaders, sentAt, receivedAt: now() });
      if (status >= 300 && status < 400) {
        await response.body?.cancel();
        throw new UpstreamError(upstream, "redirect", { action, status });
      }
      const text = maxDrainedBytes === undefined
        ? await readText(response)
        : await drain(response, maxDrainedBytes);
      if (text === undefined) throw new UpstreamError(upstream, "too_large", { action, status });
      return {
        upstream,
        action,
        status,
        json: parseJson(text),
        retryAfterMs: readRetryAfter(response.headers, now()),
        link: response.headers.get("link") ?? undefined,
      };
    } catch (cause) {
      if (cause instanceof UpstreamError) throw cause;
      const reason = timeout.signal.aborted ? "timeout" : "network";
      const wasSent = reason === "timeout" || !isConnectFailure(cause);
      throw new UpstreamError(upstream, reason, { action, cause, wasSent });
    } finally {
      cancelTimer();
    }
  };
}

/** Whether there was no connection, for example because it was refused. Deno says so only in words. */
function isConnectFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes("client error (Connect)") || isConnectFailure(error.cause);
}

/** Reads `Retry-After` in either of its forms, or `x-ratelimit-reset`, which Ory Network sends. */
export function readRetryAfter(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after") ?? headers.get("x-ratelimit-reset");
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Reads a body that does not matter. Returns the empty text. */
async function drain({ body }: Response, maxBytes: number): Promise<""> {
  let length = 0;
  try {
    for await (const chunk of body ?? []) {
      length += chunk.length;
      // Returning cancels the rest of the body.
      if (length > maxBytes) return "";
    }
  } catch {
    // The status has been read, and it counts also if the body breaks off or takes too long.
  }
  return "";
}

async function readText(response: Response): Promise<string | undefined> {
  if (isBounded(response.headers)) return await response.text();
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Returning cancels the rest of the body.
    if (length > MAX_ANSWER_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * Whether `Content-Length` bounds the body to a size that we accept. Such a body is read in one
 * piece: reading a stream allocates 64 KiB for each answer, which makes major garbage collections
 * 15 times as frequent.
 */
function isBounded(headers: Headers): boolean {
  const length = headers.get("content-length");
  // The length of a compressed body says nothing about its size after decompression.
  return length !== null && Number(length) <= MAX_ANSWER_BYTES && !headers.has("content-encoding");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller's schema refuses undefined like any other malformed answer.
    return undefined;
  }
}
