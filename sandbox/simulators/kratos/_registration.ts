// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import {
  answerSignedIn,
  refuseByHook,
  refuseForm,
  runFlowHooks,
  type Submission,
} from "./_flow_hooks.ts";
import { findRegistrationHooks } from "./_hook_lists.ts";
import { describeFlow } from "./_flows.ts";
import { createCode, sendMail } from "./_mail.ts";
import {
  createIdentity,
  createSession,
  findByEmail,
  type SimulatedIdentity,
  toPublic,
  ZERO_ID,
} from "./_state.ts";

const MIN_PASSWORD_LENGTH = 8;

const Registration = z.object({
  method: z.string(),
  password: z.optional(z.string()),
  code: z.optional(z.string()),
  traits: z.looseObject({ email: z.string().regex(/^[^@\s]+@[^@\s]+$/) }),
}).refine(({ method, password }) => method !== "password" || password !== undefined);

/** Registers a person. */
export async function register(form: unknown, submission: Submission): Promise<Response> {
  const { flow, options: { state, hooks: { now }, publicUrl } } = submission;
  const registration = Registration.safeParse(form);
  if (!registration.success) {
    return refuseForm(submission, { id: 4000002, text: "A field is missing" });
  }
  const { method, password, code, traits } = registration.data;
  flow.entered = traits.email;
  if (password !== undefined && password.length < MIN_PASSWORD_LENGTH) {
    const text = `The password must be at least ${MIN_PASSWORD_LENGTH} characters long, but got ` +
      `${password.length}.`;
    return refuseForm(submission, { id: 4000032, text, field: "password" });
  }
  if (method === "code" && code === undefined) {
    const text = `Complete your registration with this code: ${createCode(flow)}`;
    sendMail(state, { recipient: traits.email, text, now: now() });
    return Response.json(describeFlow(flow, publicUrl), { status: 400 });
  }
  if (method === "code" && (flow.code === undefined || flow.code !== code)) {
    return refuseForm(submission, { id: 4040003, text: "The registration code is invalid." });
  }
  flow.code = undefined;
  return await completeRegistration({ method, traits }, {
    submission,
    onStored({ id }) {
      if (password !== undefined) state.passwords.set(id, password);
    },
  });
}

/** Stores an identity. Some hooks run before it is stored, the others after. */
export async function completeRegistration(
  { method, traits }: { method: string; traits: { email: string } },
  { submission, onStored }: {
    submission: Submission;
    /** Stores the credentials. */
    onStored: (identity: SimulatedIdentity) => void;
  },
): Promise<Response> {
  const { flow, options: { state, hooks: { now }, actions, hasSessionHook } } = submission;
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
  onStored(identity);
  // Stored before the hooks run. The `session` hook, at the end, gives it to the person.
  const session = createSession({ identityId: identity.id, method, now: now() });
  state.sessions.set(session.token, session);
  // As at Kratos, the answer contains the identity as it was before the hooks.
  const answered = toPublic(identity);
  const result = await runFlowHooks(late, { submission, identity });
  // The identity stays stored when a late hook refuses or fails.
  if (result.kind !== "continue") return refuseByHook(submission, result);
  if (!late.some(({ hook }) => hook === "session")) return Response.json({ identity: answered });
  const signedIn = { session, identity: { ...identity, ...answered } };
  return answerSignedIn(submission, { ...signedIn, rest: { identity: answered } });
}
