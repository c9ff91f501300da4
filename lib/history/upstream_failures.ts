// SPDX-License-Identifier: Apache-2.0
import { countOne } from "./hourly_counts.ts";
import { mergeWrites, type Write } from "../kv/write.ts";

/** The upstreams whose failures operators see. KV's could not be stored. */
export const WATCHED_UPSTREAMS = ["jumio", "kratos", "receiver"] as const;

export type WatchedUpstream = typeof WATCHED_UPSTREAMS[number];

/** The last failure of an upstream. */
export interface UpstreamFailure {
  readonly v: 1;
  readonly at: number;
  readonly reason: string;
  /** The status of its answer, if there was one. */
  readonly status: number | null;
}

export function upstreamFailureKey(upstream: WatchedUpstream): Deno.KvKey {
  return ["upstream_failure", upstream];
}

/** Counts a failure, and keeps it as the upstream's last one. */
export function recordUpstreamFailure(
  upstream: WatchedUpstream,
  { reason, status, now }: { reason: string; status: number | null; now: number },
): Write {
  const value: UpstreamFailure = { v: 1, at: now, reason, status };
  return mergeWrites(countOne(`${upstream}_failures`, now), {
    sets: [{ key: upstreamFailureKey(upstream), value }],
  });
}
