// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { refuseForm, type Submission } from "./_flow_hooks.ts";
import { createFlow } from "./_flows.ts";
import { completeLogin } from "./_login.ts";
import { completeRegistration } from "./_registration.ts";

const IdTokenForm = z.object({
  method: z.literal("oidc"),
  provider: z.string(),
  "id_token": z.string(),
});
const Claims = z.object({ sub: z.string(), email: z.string() });

/** Whether a form is a native sign-in by OIDC `id_token`. */
export function hasIdToken(form: unknown): boolean {
  return IdTokenForm.safeParse(form).success;
}

/**
 * Signs a known person in, and registers anybody else, whichever of the two flows was submitted. It
 * does not check the signature of the `id_token`.
 *
 * A login flow finds its hooks before it has a method, so it uses the global list. When a flow turns
 * into the other one, that one has the method `oidc`.
 */
export async function submitIdToken(form: unknown, submission: Submission): Promise<Response> {
  const { state, hooks: { now } } = submission.options;
  const { data } = IdTokenForm.safeParse(form);
  const claims = Claims.safeParse(decodeToken(data?.["id_token"] ?? ""));
  if (data === undefined || !claims.success) {
    return refuseForm(submission, { id: 4000001, text: "Could not verify id_token" });
  }
  const { sub, email } = claims.data;
  const subject = `${data.provider}:${sub}`;
  const identity = state.identities.get(state.oidcSubjects.get(subject) ?? "");
  const turnInto = (name: "registration" | "login"): Submission =>
    submission.flow.name === name
      ? submission
      : { ...submission, flow: createFlow(state, name, { issuedAt: now(), active: "oidc" }) };
  if (identity === undefined) {
    const registration = { method: "oidc", traits: { email } };
    return await completeRegistration(registration, {
      submission: turnInto("registration"),
      onStored: ({ id }) => state.oidcSubjects.set(subject, id),
    });
  }
  const login = turnInto("login");
  const list = login.flow.active ?? "";
  return await completeLogin(identity, { submission: login, method: "oidc", list });
}

/** The content of a JWT, or undefined if it is not one. */
function decodeToken(token: string): unknown {
  try {
    const [, payload = ""] = token.split(".");
    const bytes = Uint8Array.fromBase64(payload, { alphabet: "base64url" });
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Not a JWT: the schema refuses undefined.
    return undefined;
  }
}
