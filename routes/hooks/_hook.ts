// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../lib/context.ts";
import type { MatchesHeader } from "../../lib/crypto/header_secret.ts";
import { readLanguages } from "../../lib/http/accept_language.ts";
import type { Authentication } from "../../lib/http/authentication.ts";
import { readBearer } from "../../lib/http/bearer.ts";
import type { Answer } from "../../lib/http/openapi.ts";
import { defineRoute, type Refused, type Route, type RouteAnswer } from "../../lib/http/route.ts";
import { KratosMessages, kratosRefusal, MESSAGE_IDS } from "../../lib/kratos/messages.ts";

/** Kratos sends this id if a hook runs before the identity is stored. */
const UNSTORED_IDENTITY_ID = "00000000-0000-0000-0000-000000000000";

/** Every id except that one, for `/openapi.json`. */
const STORED_IDENTITY_ID = "^(?!0{8}-0{4}-0{4}-0{4}-0{12}$)" +
  "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

/**
 * Fields of every hook's body. `flow_id` helps to find the request in Kratos's log.
 * `accept_language` may be anything, because the person's browser writes the header: a malformed one
 * must not refuse the hook.
 */
export const HookFields = {
  "identity_id": z.guid().toLowerCase().meta({ pattern: STORED_IDENTITY_ID }),
  "flow_id": z.optional(z.unknown()),
  "accept_language": z.optional(
    z.unknown().meta({ examples: ["de-CH, de;q=0.9, en;q=0.8", null] }),
  ),
};

const HOOK_SECRET: Authentication<Context, undefined> = {
  security: ["hookSecret", "hookBearer"],
  refusals: ["hook_secret"],
  check: ({ headers }, { config }) =>
    isFromOry(headers, config.address.matchesHookSecret)
      ? { ok: true, value: undefined }
      : { ok: false, reason: "hook_secret" },
};

/** Defines a route for a hook of Kratos, which must run after the identity is stored. */
export function defineHook<Body extends z.ZodType<{ "identity_id": string }>>(
  { path, summary, body, answers, handle }: {
    path: string;
    summary: string;
    body: Body;
    answers: readonly Answer[];
    handle: (hook: z.output<Body>, context: Context) => Promise<RouteAnswer | Refused>;
  },
): Route<Context> {
  const unstored = "The hook ran before the identity was stored, in the form that Kratos shows";
  return defineRoute({
    method: "POST",
    path,
    // Addresses in Ory's configuration are often put together from two parts with a slash too many,
    // and a 404 would stop every sign-in.
    allowsExtraSlash: true,
    summary,
    authentication: HOOK_SECRET,
    body,
    answers: [...answers, { status: 400, description: unstored, schema: KratosMessages }],
    handle({ body: hook }, context: Context) {
      return hook["identity_id"] === UNSTORED_IDENTITY_ID
        ? refuseUnstoredIdentity(context)
        : handle(hook, context);
    },
  });
}

/** Reads the languages of the person whose flow runs the hook, the preferred ones first. */
export function readHookLanguages(
  { "accept_language": header }: { readonly "accept_language"?: unknown },
): string[] {
  return readLanguages(typeof header === "string" ? header : null);
}

/** Reads `X-Webhook-Secret`, or `Authorization: Bearer` for proxies that pass on only that header. */
function isFromOry(headers: Headers, matchesSecret: MatchesHeader): boolean {
  const secret = headers.get("x-webhook-secret") ?? readBearer(headers);
  return secret !== undefined && matchesSecret(secret);
}

/** The person at the form sees this text: most often the one who has just set the form up. */
function refuseUnstoredIdentity({ log }: Context): RouteAnswer {
  const reason = "unstored_identity";
  log.error("Refused a hook that ran before its identity was stored", {
    reason,
    cure: "At registration set response.parse to false and remove can_interrupt",
  });
  const response = kratosRefusal({
    status: 400,
    messageId: MESSAGE_IDS.unstoredIdentity,
    text: "Registration is not set up correctly. To the operator: the identity verification hook " +
      "ran before the identity was stored. In the registration hook, set response.parse to " +
      "false and remove can_interrupt.",
  });
  return { response, outcome: "refused", reason };
}
