import * as z from "zod";
import { readBearer } from "../http/bearer.ts";
import { parseJson, readBody } from "../http/body.ts";
import type { SetTimer } from "../deadline.ts";
import { KratosMessages, kratosRefusal, MESSAGE_IDS } from "./messages.ts";
import type { Log } from "../log.ts";
import { type Answer, BODY_REFUSALS, type Operation } from "../http/openapi.ts";
import { refuse } from "../http/refusal.ts";
import { matchesAny, type Secret } from "../crypto/secret.ts";

/** What Kratos sends in the place of an id when a hook runs before the identity is stored. */
const UNSTORED_IDENTITY_ID = "00000000-0000-0000-0000-000000000000";

/** What is told of an identity id: any but that one. */
const STORED_IDENTITY_ID = "^(?!0{8}-0{4}-0{4}-0{4}-0{12}$)" +
  "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

/** What every hook body has. More fields are ignored; the flow's id is for the log. */
export const HookFields = {
  "identity_id": z.guid().toLowerCase().meta({ pattern: STORED_IDENTITY_ID }),
  "flow_id": z.optional(z.unknown()),
};

/** What a hook's operation has beside its own answers. */
export function describeHook(
  { summary, body, answers }: { summary: string; body: z.ZodType; answers: readonly Answer[] },
): Operation {
  const unstored = "The hook ran before the identity was stored, in the form that Kratos shows";
  return {
    summary,
    security: ["hookSecret", "hookBearer"],
    body,
    answers: [...answers, { status: 400, description: unstored, schema: KratosMessages }],
    refusals: ["hook_secret", ...BODY_REFUSALS],
  };
}

/**
 * Checks a hook in the order of refusals: secret, content type, size, shape; then that Kratos knew
 * the identity. Nothing of the body is read before the secret is right.
 */
export async function readHook<Body extends z.ZodType<{ "identity_id": string }>>(
  request: Request,
  { schema, hookSecrets, setDeadline, log }: {
    schema: Body;
    hookSecrets: readonly Secret[];
    setDeadline: SetTimer;
    log: Log;
  },
): Promise<{ ok: true; value: z.output<Body> } | { ok: false; response: Response }> {
  if (!isFromOry(request.headers, hookSecrets)) {
    log.info("Refused a hook", { reason: "hook_secret" });
    return { ok: false, response: refuse("hook_secret") };
  }
  const body = await readBody(request, { setDeadline });
  if (!body.ok) {
    log.info("Refused a hook", { reason: body.reason });
    return { ok: false, response: refuse(body.reason) };
  }
  const hook = parseJson(schema, body.value);
  if (!hook.ok) {
    log.info("Refused a hook", { reason: hook.reason, field: hook.field });
    return { ok: false, response: refuse(hook.reason, { field: hook.field }) };
  }
  if (hook.value["identity_id"] === UNSTORED_IDENTITY_ID) {
    log.error("Refused a hook that ran before its identity was stored", {
      reason: "unstored_identity",
      cure: "At registration set response.parse to false and remove can_interrupt",
    });
    return { ok: false, response: refuseUnstoredIdentity() };
  }
  return { ok: true, value: hook.value };
}

/** `X-Webhook-Secret`, or `Authorization: Bearer` where a proxy allows only that. */
function isFromOry(headers: Headers, hookSecrets: readonly Secret[]): boolean {
  const secret = headers.get("x-webhook-secret");
  if (secret !== null) return matchesAny(secret, hookSecrets);
  const bearer = readBearer(headers);
  return bearer !== undefined && matchesAny(bearer, hookSecrets);
}

/** Told to whoever sits at the wrongly set up form: most often the one who set it up. */
function refuseUnstoredIdentity(): Response {
  return kratosRefusal({
    status: 400,
    messageId: MESSAGE_IDS.unstoredIdentity,
    text: "Registration is not set up correctly. To the operator: the identity verification hook " +
      "ran before the identity was stored. In the registration hook, set response.parse to " +
      "false and remove can_interrupt.",
  });
}
