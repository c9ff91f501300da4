import * as z from "zod";
import {
  describeToken,
  refuseByHook,
  refuseForm,
  runFlowHooks,
  type Submission,
} from "./_flow_hooks.ts";
import { findRegistrationHooks } from "./_hook_lists.ts";
import { createIdentity, createSession, findByEmail, toPublic, ZERO_ID } from "./_state.ts";

const Registration = z.object({
  method: z.string(),
  password: z.optional(z.string().min(8)),
  traits: z.looseObject({ email: z.string().regex(/^[^@\s]+@[^@\s]+$/) }),
}).refine(({ method, password }) => method !== "password" || password !== undefined);

/** Registers a person. Some hooks run before the identity is stored, the others after. */
export async function register(form: unknown, submission: Submission): Promise<Response> {
  const { flow, options: { state, hooks: { now }, actions, hasSessionHook } } = submission;
  const registration = Registration.safeParse(form);
  if (!registration.success) {
    return refuseForm(submission, { id: 4000002, text: "A field is missing" });
  }
  const { traits, password, method } = registration.data;
  flow.active = method;
  const { early, late } = findRegistrationHooks(actions(), { method, hasSessionHook });
  let identity = createIdentity(traits, now());
  const unstored = { ...identity, id: ZERO_ID };
  const changed = await runFlowHooks(early, { submission, identity: unstored });
  if (changed.kind !== "continue") return refuseByHook(submission, changed);
  // A hook cannot set the id of the identity.
  identity = { ...identity, ...changed.changes, id: identity.id };
  if (findByEmail(state, identity.traits.email) !== undefined) {
    const text =
      "An account with the same identifier (email, phone, username, ...) exists already.";
    return refuseForm(submission, { id: 4000007, text });
  }
  state.identities.set(identity.id, identity);
  if (password !== undefined) state.passwords.set(identity.id, password);
  // Stored before the hooks run. The `session` hook, at the end, gives it to the person.
  const session = createSession({ identityId: identity.id, method, now: now() });
  state.sessions.set(session.token, session);
  // As at Kratos, the answer contains the identity as it was before the hooks.
  const answered = toPublic(identity);
  const result = await runFlowHooks(late, { submission, identity });
  // The identity stays stored when a late hook refuses or fails.
  if (result.kind !== "continue") return refuseByHook(submission, result);
  const isSignedIn = late.some(({ hook }) => hook === "session");
  return Response.json({
    identity: answered,
    ...(isSignedIn ? describeToken(session, { ...identity, ...answered }) : {}),
  });
}
