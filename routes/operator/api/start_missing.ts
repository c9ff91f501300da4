import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { defineRoute } from "../../../lib/http/route.ts";
import { MissingAnswer } from "../../../lib/operator/answers.ts";
import { startMissing } from "../../../lib/operator/start_missing.ts";
import { answersOf, answerWith, NAMED_OPERATOR } from "./_operator.ts";

const StartMissing = z.object({
  "dry_run": z.boolean().default(true),
  "page_token": z.optional(z.string().min(1).max(1024)),
  "page_size": z.int().min(1).max(250).default(100),
});

/** Starts verifications for the identities of one page of Ory's list that have none. */
export const operatorStartMissing = defineRoute({
  method: "POST",
  path: "/operator/start-missing",
  summary: "Finds identities without a verification in a page of Ory's list, and starts them",
  authentication: NAMED_OPERATOR,
  body: StartMissing,
  answers: answersOf(MissingAnswer),
  async handle({ body, caller: operator }, { store, listIdentities, now, telemetry }: Context) {
    const { lookedAt, identityIds, started, nextPageToken } = await startMissing(store, {
      listIdentities,
      pageToken: body["page_token"],
      pageSize: body["page_size"],
      isDryRun: body["dry_run"],
      operator,
      now: now(),
      trace: telemetry.currentTrace(),
    });
    return answerWith(MissingAnswer, {
      "dry_run": body["dry_run"],
      "looked_at": lookedAt,
      "missing": [...identityIds],
      started,
      "next_page_token": nextPageToken ?? null,
    });
  },
});
