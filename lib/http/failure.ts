// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { Problem } from "./refusal.ts";

/** The body of a failure. It says which upstream failed, where one did. */
export const FailureProblem = z.lazy(() =>
  Problem.unwrap().extend({
    /** Why, as in a dead letter: `kratos_timeout`. */
    reason: z.optional(z.string()),
    /** The status that the upstream answered. */
    "upstream_status": z.optional(z.int()),
  })
);

/** An upstream's failure: the reason as in a dead letter, and the status that it answered. */
export interface UpstreamFailure {
  readonly reason: string;
  readonly status: number | null;
}

/** Renders a page for a person, who cannot read JSON, when an upstream or this service fails. */
export type FailurePage<Services> = (
  failure: {
    readonly request: Request;
    readonly status: 500 | 503;
    /** Undefined where no upstream failed. */
    readonly upstream: UpstreamFailure | undefined;
  },
  services: Services,
) => Promise<Response>;
