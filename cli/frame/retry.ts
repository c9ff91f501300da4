// SPDX-License-Identifier: Apache-2.0
import { UpstreamError } from "../../lib/upstream/error.ts";
import { TemporaryError, type Tools } from "./command.ts";

/** The longest wait that an upstream can ask for. */
const MAX_RETRY_AFTER_MS = 120_000;

/** How often to try, and how long to wait in between. The wait doubles from try to try. */
export interface RetryLimits {
  readonly maxAttempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** Covers a minute, which is Ory's longest rate limit window, more than once. */
const DEFAULT_LIMITS: RetryLimits = {
  maxAttempts: 8,
  firstDelayMs: 1_000,
  maxDelayMs: 30_000,
};

/**
 * Repeats work that fails for a passing reason: timeout, network failure, 429, 5xx, or a
 * {@linkcode TemporaryError}. Waits as long as the upstream asks for, else by `limits`.
 *
 * @throws The error of the last attempt.
 */
export async function retry<Value>(
  work: (attempt: number) => Promise<Value>,
  { delay, progress, random }: Pick<Tools, "delay" | "progress" | "random">,
  { maxAttempts, firstDelayMs, maxDelayMs }: RetryLimits = DEFAULT_LIMITS,
): Promise<Value> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt === maxAttempts || !isTemporary(error)) throw error;
      const retryAfterMs = error instanceof UpstreamError ? error.retryAfterMs : undefined;
      const waitMs = retryAfterMs === undefined
        ? Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1))
        : Math.min(MAX_RETRY_AFTER_MS, retryAfterMs);
      progress(`${error.message}: next try in ${Math.ceil(waitMs / 1000)} s`);
      // Adds up to a quarter, so that several programs do not retry at the same moment.
      await delay(waitMs * (1 + random() / 4));
    }
  }
}

function isTemporary(error: unknown): error is UpstreamError | TemporaryError {
  if (error instanceof TemporaryError) return true;
  if (!(error instanceof UpstreamError)) return false;
  if (error.reason === "timeout" || error.reason === "network") return true;
  const { status = 0 } = error;
  return error.reason === "status" && (status === 429 || status >= 500);
}
