import * as z from "zod";
import type { BlockableStatus } from "../lib/config.ts";
import type { Context } from "../lib/context.ts";
import { HookFields, MESSAGE_IDS, readHook } from "../lib/hook.ts";
import { kratosRefusal } from "../lib/kratos.ts";
import type { Log } from "../lib/log.ts";
import { VERIFICATION_STATUSES, type VerificationStatus } from "../lib/verdict.ts";

/** The body that `jsonnet/validate.jsonnet` makes. `jumio` is judged by hand: it never refuses. */
export const ValidateHook = z.object({ ...HookFields, jumio: z.optional(z.unknown()) });

const JumioStatus = z.object({ status: z.enum(VERIFICATION_STATUSES) });

const TEXTS: Readonly<Record<BlockableStatus, string>> = {
  rejected: "Your identity could not be verified, so you cannot sign in. " +
    "If you think that this is a mistake, please contact support.",
  review: "Your identity is still being reviewed. You can sign in once that is done.",
  expired: "Your identity verification was not finished in time. Please start it again from the " +
    "link that you were given; then you can sign in.",
  pending: "Your identity is not verified yet. Please finish the verification from the link that " +
    "you were given; then you can sign in.",
  none: "Your identity is not verified yet. Please contact support to start the verification.",
};

/**
 * Answers Kratos's `login.after` and `recovery.after` hooks: may this person have a session?
 *
 * Everything that it needs is in the request, so that no sign-in waits for KV, Jumio or Ory.
 */
export async function jumioValidate(
  request: Request,
  { config, setDeadline, log }: Context,
): Promise<Response> {
  const hook = await readHook(request, {
    schema: ValidateHook,
    hookSecrets: config.hookSecrets,
    setDeadline,
    log,
  });
  if (!hook.ok) return hook.response;

  const { identity_id: identityId, jumio } = hook.value;
  const status = readStatus(jumio, { identityId, log });
  if (status === "verified" || !config.policy.loginBlockedStatuses.has(status)) {
    log.debug("Let a sign-in through", { identityId, status });
    return Response.json({});
  }
  log.info("Refused a sign-in", { identityId, status });
  return kratosRefusal({ status: 403, messageId: MESSAGE_IDS.signInRefused, text: TEXTS[status] });
}

/** What is missing or malformed counts as `none`: a broken identity is not a rejected one. */
function readStatus(
  jumio: unknown,
  { identityId, log }: { identityId: string; log: Log },
): VerificationStatus | "none" {
  const parsed = JumioStatus.safeParse(jumio);
  if (parsed.success) return parsed.data.status;
  const isMissing = jumio === undefined || jumio === null ||
    (typeof jumio === "object" && !Array.isArray(jumio) && Object.keys(jumio).length === 0);
  if (!isMissing) log.warn("An identity has malformed metadata", { identityId });
  return "none";
}
