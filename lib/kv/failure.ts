import { UpstreamError, type UpstreamReason } from "../upstream/error.ts";

/** What the runtime's KV says, as a reason of ours and what an operator can do about it. */
const FAILURES: readonly [pattern: RegExp, reason: UpstreamReason, cure: string][] = [
  [
    /database is locked/,
    "locked",
    "Another program holds the file: end it, or wait until it lets go. Only this service may use it",
  ],
  [
    /disk is full|disk I\/O error|No space left/,
    "disk_full",
    "The disk is full or failing: free space where KV_PATH lies",
  ],
  [
    /not a database|malformed/,
    "corrupt",
    "The file is damaged: restore it from a backup, or move it away to start with an empty one",
  ],
  [
    /Missing DENO_KV_ACCESS_TOKEN/,
    "no_access_token",
    "Set DENO_KV_ACCESS_TOKEN to the access token of the KV server that KV_PATH names",
  ],
  [
    /unable to open database file|Not a directory|Permission denied|Read-only/,
    "cannot_open",
    "KV_PATH must name a file, in a folder that this process may write to",
  ],
];

/** Why a KV call failed. `failed` is all that is known of anything but the cases of an operator. */
export function classifyKvFailure(error: unknown): UpstreamReason {
  const text = error instanceof Error ? error.message : "";
  return FAILURES.find(([pattern]) => pattern.test(text))?.[1] ?? "failed";
}

/** What does not mend itself while a process waits for it: a wrong setting, a damaged file. */
const LASTING: readonly UpstreamReason[] = ["corrupt", "cannot_open", "no_access_token"];

/** What to do about a KV that cannot be opened or written, for the log. */
export function adviseOnKvFailure(
  error: unknown,
): { reason: UpstreamReason; cure: string; isLasting: boolean } {
  const reason = error instanceof UpstreamError ? error.reason : classifyKvFailure(error);
  const cure = FAILURES.find(([, known]) => known === reason)?.[2] ??
    "See whether the KV server runs and can be reached, or who else holds the file";
  return { reason, cure, isLasting: LASTING.includes(reason) };
}
