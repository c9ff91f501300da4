// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { VERDICTS, VERIFICATION_DETAILS, VERIFICATION_STATUSES } from "./verdict.ts";

/**
 * `metadata_public.jumio` as this service writes it: the contract with applications
 * (docs/integrate.md). `lib/kratos/metadata.ts` reads what other programs may have made of it.
 */
export const PublishedMetadata = z.lazy(() => {
  const Id = z.nullable(z.guid());
  const Time = z.nullable(z.iso.datetime());
  return z.object({
    "status": z.enum(VERIFICATION_STATUSES)
      .describe("Decide by this. Only `verified` is verified; an unknown value is not"),
    "verdict": z.nullable(z.enum(VERDICTS))
      .describe("What Jumio said. Null until there is a decision. Do not decide by it"),
    "account_id": Id.describe("At Jumio. Null before the first execution and after an erasure"),
    "workflow_execution_id": Id
      .describe("The newest execution at Jumio. Null before the first and after an erasure"),
    "verification_url": z.nullable(z.url())
      .describe("The person's own page. Only for this person, and for no log"),
    "initiated_at": Time.describe("When the newest execution was started"),
    "decided_at": Time.describe("When the decision was made. Null until then"),
    "valid_until": Time.describe(
      "When the decision stops being valid. Null: never, or no decision",
    ),
    "detail": z.nullable(z.enum(VERIFICATION_DETAILS)).describe(
      "`inconclusive`: the check came to no conclusion, and the person can try again. " +
        "`validity_ended`: they were verified, and have to verify again. Null in all other cases",
    ),
  }).describe("`metadata_public.jumio` of an identity in Ory. New fields may come");
});

export type PublishedMetadata = z.output<typeof PublishedMetadata>;
