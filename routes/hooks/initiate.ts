import * as z from "zod";
import type { Context } from "../../lib/context.ts";
import { describeHook, HookFields, readHook } from "../../lib/kratos/hook.ts";
import { type Operation, WITHOUT_KV } from "../../lib/http/openapi.ts";
import { acceptStart } from "../../lib/verification/accept/start.ts";
import { PUBLISH, START } from "../../lib/verification/job_kinds.ts";
import { waitAtMost } from "../../lib/deadline.ts";

/** Kratos and the person wait: what is not done by then goes on after the answer. */
const ATTEMPT_MS = 4_000;

/** The body that `jsonnet/initiate.jsonnet` makes. */
export const InitiateHook = z.object(HookFields);

/**
 * Starts an identity's verification, as Kratos's `registration.after` hook asks.
 *
 * The wish is stored before anything else, and the answer is the same whatever becomes of the first
 * try: a registration never fails because of Jumio, and Kratos may repeat itself.
 */
export async function jumioInitiate(
  request: Request,
  { config, store, jobs, setDeadline, now, log, telemetry }: Context,
): Promise<Response> {
  const startedAt = now();
  const hook = await readHook(request, {
    schema: InitiateHook,
    hookSecrets: config.hookSecrets,
    setDeadline,
    log,
  });
  if (!hook.ok) return hook.response;

  const identityId = hook.value["identity_id"];
  const isNew = await acceptStart(store, {
    identityId,
    now: now(),
    trace: telemetry.currentTrace(),
  });
  log.info("Accepted a start", { identityId, outcome: isNew ? "accepted" : "duplicate" });
  if (isNew) {
    const attempt = jobs.attempt(START, identityId)
      .then(() => jobs.attempt(PUBLISH, identityId));
    await waitAtMost(startedAt + ATTEMPT_MS - now(), attempt);
  }
  return Response.json({ "identity_id": identityId, status: "pending" });
}

/** For `GET /openapi.json`. */
export function describeInitiate(): { POST: Operation } {
  const schema = z.object({ "identity_id": z.guid(), status: z.literal("pending") });
  return {
    POST: describeHook({
      summary: "Kratos's registration.after hook: starts the identity's verification",
      body: InitiateHook,
      answers: [{ status: 200, description: "Stored, or known already", schema }, WITHOUT_KV],
    }),
  };
}
