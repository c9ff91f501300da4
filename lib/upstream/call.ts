import { type Upstream, UpstreamError } from "./error.ts";

/** An answer of Jumio's or Kratos's is some kilobytes; more is not an answer to us. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Shorter than the lease of the job that a call serves. */
const TIMEOUT_MS = 4_000;

/** A call to an upstream. `action` completes the sentence "Cannot …" in errors. */
export interface UpstreamCall {
  /** Whom we call, for errors. */
  readonly upstream: Upstream;
  /** What for, in the words of an error: `read Jumio details`. */
  readonly action: string;
  /** The verb. */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Made from settings and ids, never found in a body. */
  readonly url: URL;
  /** With our credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it goes out. */
  readonly body?: string;
  /**
   * Of all of it, the body of the answer too.
   *
   * @default {4000}
   */
  readonly timeoutMs?: number;
}

/** An answer, read whole. `json` is undefined where the body is empty or not JSON. */
export interface UpstreamAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The body, not yet checked. */
  readonly json: unknown;
  /** How long the upstream asked us to wait. */
  readonly retryAfterMs: number | undefined;
  /** The `Link` header, by which lists are paged. */
  readonly link: string | undefined;
}

/** Calls an upstream. Any status but a redirect is an answer. */
export type CallUpstream = (call: UpstreamCall) => Promise<UpstreamAnswer>;

/**
 * The only way out of the service. An origin that is not in the configuration is refused, so that
 * no address from a payload can ever be reached, with our credentials or without.
 *
 * The calls it makes throw an {@linkcode UpstreamError} on a timeout, a failure of the network, a
 * redirect and an answer over 1 MiB.
 */
export function createUpstream(
  { fetch, origins, now }: {
    fetch: typeof globalThis.fetch;
    origins: ReadonlySet<string>;
    now: () => number;
  },
): CallUpstream {
  return async ({ upstream, action, method, url, headers, body, timeoutMs = TIMEOUT_MS }) => {
    if (!origins.has(url.origin)) {
      throw new UpstreamError(upstream, "origin_not_allowed", { action });
    }
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      const response = await fetch(url, {
        method,
        headers,
        redirect: "manual",
        signal: timeout.signal,
        ...(body === undefined ? {} : { body }),
      });
      const { status } = response;
      if (status >= 300 && status < 400) {
        await response.body?.cancel();
        throw new UpstreamError(upstream, "redirect", { action, status });
      }
      const text = await readText(response);
      if (text === undefined) throw new UpstreamError(upstream, "too_large", { action, status });
      return {
        status,
        json: parseJson(text),
        retryAfterMs: readRetryAfter(response.headers, now()),
        link: response.headers.get("link") ?? undefined,
      };
    } catch (cause) {
      if (cause instanceof UpstreamError) throw cause;
      const reason = timeout.signal.aborted ? "timeout" : "network";
      throw new UpstreamError(upstream, reason, { action, cause });
    } finally {
      clearTimeout(timer);
    }
  };
}

/** How long an upstream asks us to wait: `Retry-After`, or Ory Network's `x-ratelimit-reset`. */
export function readRetryAfter(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after") ?? headers.get("x-ratelimit-reset");
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

async function readText(response: Response): Promise<string | undefined> {
  if (isBounded(response.headers)) return await response.text();
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the rest of the body.
    if (length > MAX_ANSWER_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * Whether HTTP itself holds the body to a length that we take. Such a body is read in one piece: a
 * stream allocates 64 KiB for each answer, and the heap is then collected whole 15 times as often.
 */
function isBounded(headers: Headers): boolean {
  const length = headers.get("content-length");
  // The length of a compressed body says nothing about what comes out of it.
  return length !== null && Number(length) <= MAX_ANSWER_BYTES && !headers.has("content-encoding");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller's schema refuses undefined, as it does any other wrong answer.
    return undefined;
  }
}
