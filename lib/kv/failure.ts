// SPDX-License-Identifier: Apache-2.0
import { UpstreamError, type UpstreamReason } from "../upstream/error.ts";

/** Messages of the runtime's KV, each with its reason in our logs and its cure for an operator. */
const FAILURES: readonly [pattern: RegExp, reason: UpstreamReason, cure: string][] = [
  [
    /database is locked/,
    "locked",
    "Another program uses the file: end it, or wait until it ends. Only this service may use the file",
  ],
  [
    /disk is full|disk I\/O error|No space left/,
    "disk_full",
    "The disk is full or failing: free space on the disk of KV_PATH",
  ],
  [
    /not a database|malformed/,
    "corrupt",
    "The file is damaged: restore it from a backup, or move it away to start with an empty one",
  ],
  [
    /Missing DENO_KV_ACCESS_TOKEN/,
    "no_access_token",
    "Set DENO_KV_ACCESS_TOKEN to the access token of the KV server at KV_PATH",
  ],
  [
    /unable to open database file|Not a directory|Permission denied|Read-only/,
    "cannot_open",
    "KV_PATH must name a file in a folder that this process may write to",
  ],
  [
    /^Cannot write to KV: file_gone/,
    "file_gone",
    "The file of KV_PATH was deleted or replaced: put the same file back, or restart the service",
  ],
  [
    /mutation on a non-U64 value/,
    "bad_sum",
    "A row that counts is no number: docs/operations.md says how to look at rows that were set aside",
  ],
];

/** Failures that waiting does not cure: a wrong setting, a damaged file. */
const LASTING: readonly UpstreamReason[] = ["corrupt", "cannot_open", "no_access_token"];

/** Finds out why a KV call failed, by the message. `failed` stands for any unknown message. */
export function classifyKvFailure(error: unknown): UpstreamReason {
  const text = error instanceof Error ? error.message : "";
  return FAILURES.find(([pattern]) => pattern.test(text))?.[1] ?? "failed";
}

/** What an operator can do about a KV that cannot be opened or written, for the log. */
export function adviseOnKvFailure(
  error: unknown,
): { reason: UpstreamReason; cure: string; isLasting: boolean } {
  const reason = error instanceof UpstreamError ? error.reason : classifyKvFailure(error);
  const cure = FAILURES.find(([, known]) => known === reason)?.[2] ??
    "Check whether the KV server runs and can be reached, or which other program uses the file";
  return { reason, cure, isLasting: LASTING.includes(reason) };
}
