/** What the service calls over the network. KV counts, because it may be a server. */
export type Upstream = "jumio" | "kratos" | "kv";

/** Why a call to an upstream failed. Logs and alerts rely on these words. */
export type UpstreamReason =
  | "timeout"
  | "network"
  | "status"
  | "redirect"
  | "too_large"
  | "malformed"
  | "origin_not_allowed"
  | "locked"
  | "disk_full"
  | "corrupt"
  | "cannot_open"
  | "no_access_token"
  | "failed";

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
}
