// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { waitAtMost } from "../../lib/deadline.ts";
import { WITHOUT_KV } from "../../lib/http/openapi.ts";
import { parseJumioMetadata } from "../../lib/kratos/metadata.ts";
import { acceptStart } from "../../lib/verification/accept/start.ts";
import { PUBLISH, START } from "../../lib/verification/job_kinds.ts";
import { pickJumioLocale } from "../../locales/jumio_locales.ts";
import { defineHook, HookFields, readHookLanguages } from "./_hook.ts";

/** Kratos and the person wait this long for Jumio. The job continues after the answer. */
const ATTEMPT_MS = 4_000;

/** The body that `jsonnet/initiate.jsonnet` renders. `jumio` is null at a registration. */
const InitiateHook = z.object({
  ...HookFields,
  jumio: z.optional(z.unknown().meta({ examples: [null] })),
});

const Initiated = z.object({ "identity_id": z.guid(), status: z.literal("pending") });

/**
 * Starts an identity's verification, for Kratos's `registration.after` hook.
 *
 * The start is stored before anything else, and the answer is the same whether or not the first
 * attempt succeeds: a registration never fails because of Jumio, and Kratos may repeat the hook.
 *
 * An identity that has a decision or an execution already is adopted, never started again: the hook
 * comes late, or our record was lost. The start reads that from Ory. What the body says is not
 * believed: anyone who has the hook's secret could set a verdict with it.
 */
export const initiate = defineHook({
  path: "/jumio/initiate",
  summary: "Kratos's registration.after hook: starts the identity's verification",
  body: InitiateHook,
  answers: [{ status: 200, description: "Stored now or before", schema: Initiated }, WITHOUT_KV],
  async handle(hook, { store, jobs, now, log, telemetry, reconcileLater }) {
    const startedAt = now();
    const identityId = hook["identity_id"];
    const response = Response.json({ "identity_id": identityId, status: "pending" });
    const trace = telemetry.currentTrace();
    const locale = pickJumioLocale(readHookLanguages(hook));
    const isNew = await acceptStart(store, { identityId, now: startedAt, locale, trace });
    const outcome = isNew ? "accepted" : "duplicate";
    log.info("Accepted a start", { identityId, outcome });
    if (isNew) {
      const attempt = jobs.attempt(START, identityId)
        .then(() => jobs.attempt(PUBLISH, identityId));
      await waitAtMost(startedAt + ATTEMPT_MS - now(), attempt);
    }
    const metadata = parseJumioMetadata(hook.jumio);
    if (!isNew && metadata !== null) reconcileLater.request(identityId, metadata);
    return { response, outcome };
  },
});
