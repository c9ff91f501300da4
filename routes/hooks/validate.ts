import * as z from "zod";
import type { BlockableStatus, Config } from "../../lib/config/config.ts";
import { KratosMessages, kratosRefusal, MESSAGE_IDS } from "../../lib/kratos/messages.ts";
import type { Log } from "../../lib/log.ts";
import { createLink } from "../../lib/verification/link.ts";
import { VERIFICATION_STATUSES, type VerificationStatus } from "../../lib/verification/verdict.ts";
import { LANGUAGES, LOCALES } from "../../locales/mod.ts";
import type { Texts } from "../../locales/texts.ts";
import { defineHook, HookFields, pickHookLanguage } from "./_hook.ts";

/** People with these statuses can still verify, so the refusal has their link. */
const UNFINISHED: readonly BlockableStatus[] = ["none", "pending", "expired"];

/**
 * The body that `jsonnet/validate.jsonnet` renders. `jumio` may be anything: malformed metadata must
 * not refuse the hook.
 */
const ValidateHook = z.object({
  ...HookFields,
  jumio: z.optional(z.unknown().meta({ examples: [{ status: "rejected" }, null] })),
});

const JumioStatus = z.object({ status: z.enum(VERIFICATION_STATUSES) });

/**
 * Answers Kratos's `login.after` and `recovery.after` hooks: may this person have a session?
 *
 * Everything that the answer needs is in the request, so that no sign-in waits for KV, Jumio or Ory.
 */
export const validate = defineHook({
  path: "/jumio/validate",
  summary: "Kratos's login.after and recovery.after hook: may this person have a session?",
  body: ValidateHook,
  answers: [
    { status: 200, description: "The sign-in continues", schema: z.strictObject({}) },
    { status: 403, description: "The sign-in is refused, with the reason", schema: KratosMessages },
  ],
  async handle(hook, { config, now, log }) {
    const identityId = hook["identity_id"];
    const status = readStatus(hook.jumio, { identityId, log });
    if (status === "verified" || !config.policy.loginBlockedStatuses.has(status)) {
      log.debug("Allowed a sign-in", { identityId, status });
      return { response: Response.json({}) };
    }
    const reason = "blocked_status";
    log.info("Refused a sign-in", { identityId, status, reason });
    const texts = LOCALES[pickHookLanguage(hook, LANGUAGES) ?? LANGUAGES[0]].signIn;
    const link = UNFINISHED.includes(status)
      ? ` ${await describeLink(identityId, { texts, config, now: now() })}`
      : "";
    const response = kratosRefusal({
      status: 403,
      messageId: MESSAGE_IDS[status],
      text: texts[status] + link,
    });
    return { response, outcome: "refused", reason };
  },
});

/**
 * Signs a new link for the person, who has just proved who they are. The link in the metadata is
 * never used: an import or another service can write to the metadata, and Kratos would show their
 * address, or another person's link, as its own message.
 */
async function describeLink(
  identityId: string,
  { texts, config: { link, publicUrl }, now }: {
    texts: Texts["signIn"];
    config: Config;
    now: number;
  },
): Promise<string> {
  if (link === undefined || publicUrl === undefined) return texts.withoutLink;
  const url = await createLink(identityId, { ...link, publicUrl, issuedAt: now });
  return `${texts.withLink} ${url}`;
}

/** Missing or malformed metadata counts as `none`: a broken identity is not a rejected one. */
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
