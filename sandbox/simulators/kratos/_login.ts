import * as z from "zod";
import { answerError } from "./_errors.ts";
import {
  describeToken,
  refuseByHook,
  refuseForm,
  runFlowHooks,
  type Submission,
} from "./_flow_hooks.ts";
import { findLoginHooks } from "./_hook_lists.ts";
import { createSession, findByEmail, type KratosState, type SimulatedIdentity } from "./_state.ts";

const Login = z.object({
  method: z.string(),
  identifier: z.string(),
  password: z.optional(z.string()),
});
type Login = z.output<typeof Login>;

/** Signs a person in, unless a hook refuses. */
export async function signIn(form: unknown, submission: Submission): Promise<Response> {
  const { flow, options: { state, hooks: { now }, actions } } = submission;
  const login = Login.safeParse(form);
  const identity = login.success ? authenticate(login.data, state) : undefined;
  if (!login.success || identity === undefined) {
    const text = "The provided credentials are invalid, check for spelling mistakes in your " +
      "password or username, email address, or phone number.";
    return refuseForm(submission, { id: 4000006, text });
  }
  if (identity.state !== "active") {
    return answerError(401, {
      message: "identity is disabled",
      reason: "This account was disabled.",
    });
  }
  const { method } = login.data;
  flow.active = method;
  const session = createSession({ identityId: identity.id, method, now: now() });
  const result = await runFlowHooks(findLoginHooks(actions(), method), {
    submission,
    identity,
    session,
  });
  if (result.kind !== "continue") return refuseByHook(submission, result);
  state.sessions.set(session.token, session);
  // Changes by a sign-in hook are in the answer, but are not stored.
  return Response.json(describeToken(session, { ...identity, ...result.changes }));
}

/** Checks the password. Any other method succeeds, because hooks do not depend on its credentials. */
function authenticate(
  { identifier, method, password }: Login,
  state: KratosState,
): SimulatedIdentity | undefined {
  const identity = findByEmail(state, identifier);
  if (identity === undefined || method !== "password") return identity;
  return password !== undefined && state.passwords.get(identity.id) === password
    ? identity
    : undefined;
}
