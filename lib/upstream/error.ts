// SPDX-License-Identifier: Apache-2.0
/**
 * What the service calls over the network. KV counts, because it may be a server. The receiver is
 * the application that gets events.
 */
export type Upstream = "jumio" | "kratos" | "receiver" | "kv";

/** Why a call to an upstream failed. Logs and alerts rely on these words. */
export type UpstreamReason =
  | "timeout"
  | "network"
  | "status"
  | "redirect"
  | "too_large"
  | "malformed"
  | "not_found"
  | "other_account"
  | "origin_not_allowed"
  | "locked"
  | "disk_full"
  | "corrupt"
  | "cannot_open"
  | "no_access_token"
  | "bad_sum"
  | "file_gone"
  | "failed";

/**
 * Answers of 4xx that can change by themselves, or with a new key. Kratos answers 403 only by what is
 * in front of it. Any other 4xx stays: the call is wrong, or refused for good.
 */
const PASSING_STATUSES: Readonly<Record<Exclude<Upstream, "receiver">, readonly number[]>> = {
  jumio: [401, 408, 425, 429],
  kratos: [401, 403, 408, 425, 429],
  kv: [],
};

const LASTING_REASONS: readonly UpstreamReason[] = [
  "redirect",
  "too_large",
  "malformed",
  "origin_not_allowed",
];

/** A failed call to an upstream. Its message has nothing of what the upstream answered. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  readonly upstream: Upstream;
  readonly reason: UpstreamReason;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** How long the upstream asked us to wait, by `Retry-After` or `x-ratelimit-reset`. */
  readonly retryAfterMs: number | undefined;
  /** False where the request certainly did not reach the upstream. */
  readonly wasSent: boolean;

  /** The action completes the sentence "Cannot …" in the message: `read Jumio details`. */
  constructor(
    upstream: Upstream,
    reason: UpstreamReason,
    options: {
      action: string;
      status?: number | undefined;
      retryAfterMs?: number | undefined;
      /** @default {true} */
      wasSent?: boolean;
      cause?: unknown;
    },
  ) {
    const detail = options.status === undefined ? reason : `${reason} ${options.status}`;
    super(`Cannot ${options.action}: ${detail}`, { cause: options.cause });
    this.upstream = upstream;
    this.reason = reason;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.wasSent = options.wasSent ?? true;
  }

  /** Upstream and reason in one word, as in a dead letter: `kratos_timeout`. */
  get code(): string {
    return `${this.upstream}_${this.reason}`;
  }

  /** Whether the same call is likely to fail again, however often it is repeated. */
  get isLasting(): boolean {
    const { upstream, reason, status = 0 } = this;
    // Somebody is expected to repair the application.
    if (upstream === "receiver") return false;
    if (reason !== "status") return LASTING_REASONS.includes(reason);
    return status >= 400 && status <= 499 && !PASSING_STATUSES[upstream].includes(status);
  }
}
