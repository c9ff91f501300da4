// SPDX-License-Identifier: Apache-2.0
import { recordUpstreamFailure } from "../../history/upstream_failures.ts";
import type { JobFailure } from "../../jobs/result.ts";
import { UpstreamError } from "../../upstream/error.ts";

/** Describes an error of a job: an upstream's failure is expected, everything else is a bug. */
export function describeJobFailure(error: Error, { now }: { now: number }): JobFailure {
  if (!(error instanceof UpstreamError)) {
    return { reason: "bug", isExpected: false, isLasting: false, write: {} };
  }
  const { upstream, reason, code, status = null, isLasting, retryAfterMs } = error;
  return {
    reason: code,
    isExpected: true,
    isLasting,
    status: error.status,
    retryAfterMs,
    write: upstream === "kv" ? {} : recordUpstreamFailure(upstream, { reason, status, now }),
  };
}
