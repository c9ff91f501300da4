import * as z from "zod";
import type { BlockableStatus, Config } from "../../lib/config/config.ts";
import type { Context } from "../../lib/context.ts";
import { describeHook, HookFields, readHook } from "../../lib/kratos/hook.ts";
import { KratosMessages, kratosRefusal, MESSAGE_IDS } from "../../lib/kratos/messages.ts";
import { createLink } from "../../lib/verification/link.ts";
import type { Log } from "../../lib/log.ts";
import type { Operation } from "../../lib/http/openapi.ts";
import { VERIFICATION_STATUSES, type VerificationStatus } from "../../lib/verification/verdict.ts";
import { SIGN_IN_TEXTS } from "../../locales/sign_in.ts";

/** Who is merely unfinished is told the way on; who was decided about has none. */
const UNFINISHED: readonly BlockableStatus[] = ["none", "pending", "expired"];

/** The body that `jsonnet/validate.jsonnet` makes. `jumio` is judged by hand: it never refuses. */
export const ValidateHook = z.object({
  ...HookFields,
  jumio: z.optional(z.unknown().meta({ examples: [{ status: "rejected" }, null] })),
});

const JumioStatus = z.object({ status: z.enum(VERIFICATION_STATUSES) });

/**
 * Answers Kratos's `login.after` and `recovery.after` hooks: may this person have a session?
 *
 * Everything that it needs is in the request, so that no sign-in waits for KV, Jumio or Ory.
 */
export async function jumioValidate(
  request: Request,
  { config, setDeadline, now, log }: Context,
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
  log.info("Refused a sign-in", { identityId, status, reason: "blocked_status" });
  const wayOn = UNFINISHED.includes(status)
    ? ` ${await describeWayOn(identityId, { config, now: now() })}`
    : "";
  return kratosRefusal({
    status: 403,
    messageId: MESSAGE_IDS.signInRefused,
    text: SIGN_IN_TEXTS[status] + wayOn,
  });
}

/**
 * The person's link, made here and now. The one in the metadata is never passed on: whoever may
 * write there, an import or another service, could put an address of theirs, or another person's
 * link, into what Kratos shows as its own words. The person has just shown who they are.
 */
async function describeWayOn(
  identityId: string,
  { config: { link, publicUrl }, now }: { config: Config; now: number },
): Promise<string> {
  if (link === undefined || publicUrl === undefined) return SIGN_IN_TEXTS.withoutLink;
  return `${SIGN_IN_TEXTS.withLink} ${await createLink(identityId, {
    ...link,
    publicUrl,
    issuedAt: now,
  })}`;
}

/** For `GET /openapi.json`. */
export function describeValidate(): { POST: Operation } {
  return {
    POST: describeHook({
      summary: "Kratos's login.after and recovery.after hook: may this person have a session?",
      body: ValidateHook,
      answers: [
        { status: 200, description: "The sign-in goes on", schema: z.strictObject({}) },
        { status: 403, description: "It is refused, and why", schema: KratosMessages },
      ],
    }),
  };
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
