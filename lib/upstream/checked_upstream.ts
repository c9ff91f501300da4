// SPDX-License-Identifier: Apache-2.0
import { type CallUpstream, createUpstream } from "./call.ts";
import { type ClockCheck, createClockCheck } from "./clock.ts";

type Options = Omit<Parameters<typeof createUpstream>[0], "onAnswer">;

/**
 * Creates the way to the upstreams together with the check of our clock, which learns from each
 * answer of Jumio's. Ory often runs on our own machine, and has the same wrong clock.
 */
export function createCheckedUpstream(
  { jumioUrl, monotonic, onClockChange, ...options }: Options & {
    /** Any address of Jumio's. Every answer has a `Date`, whatever its status. */
    jumioUrl: URL;
    /** Milliseconds of a clock that is never set. */
    monotonic: () => number;
    /** Gets how far the clock is off as soon as that is sure, and 0 when it is right again. */
    onClockChange: (offsetMs: number) => void;
  },
): { call: CallUpstream; clock: ClockCheck } {
  const call = createUpstream({
    ...options,
    onAnswer(upstream, answer) {
      if (upstream === "jumio") clock.observe(answer);
    },
  });
  const clock = createClockCheck({
    ask: () =>
      call({
        upstream: "jumio",
        action: "compare the clock with Jumio's",
        method: "GET",
        url: new URL("/", jumioUrl),
        // No credentials, because the answer is not read.
        headers: {},
      }),
    monotonic,
    onChange: onClockChange,
  });
  return { call, clock };
}
