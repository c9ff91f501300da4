// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { answerError } from "./_errors.ts";
import {
  answerSignedIn,
  refuseByHook,
  refuseForm,
  runFlowHooks,
  type Submission,
} from "./_flow_hooks.ts";
import { describeFlow } from "./_flows.ts";
import { findLoginHooks } from "./_hook_lists.ts";
import { createCode, sendMail } from "./_mail.ts";
import { findSession } from "./_session_cookie.ts";
import {
  createSession,
  findByEmail,
  type SimulatedIdentity,
  type SimulatedSession,
} from "./_state.ts";

const Login = z.object({
  method: z.string(),
  identifier: z.string(),
  password: z.optional(z.string()),
  code: z.optional(z.string()),
});
type Login = z.output<typeof Login>;

/** Signs a person in, unless a hook refuses. */
export async function signIn(form: unknown, submission: Submission): Promise<Response> {
  const { flow, options: { state } } = submission;
  const login = Login.safeParse(form);
  if (login.success) submission.flow.entered = login.data.identifier;
  const identity = login.success ? findByEmail(state, login.data.identifier) : undefined;
  if (login.success && identity !== undefined && asksForCode(login.data)) {
    return sendLoginCode(identity, submission);
  }
  if (!login.success || identity === undefined || !isRight(login.data, { submission, identity })) {
    const text = "The provided credentials are invalid, check for spelling mistakes in your " +
      "password or username, email address, or phone number.";
    return refuseForm(submission, { id: 4000006, text });
  }
  flow.active = login.data.method;
  return await completeLogin(identity, { submission, method: login.data.method });
}

/** Ends the login of a person whose credentials are right, unless a hook refuses. */
export async function completeLogin(
  identity: SimulatedIdentity,
  { submission, method, list = method }: {
    submission: Submission;
    method: string;
    /** The method whose hooks run. Empty if Kratos does not know the method yet. */
    list?: string;
  },
): Promise<Response> {
  const { request, flow, options: { state, hooks: { now }, actions } } = submission;
  if (identity.state !== "active") {
    return answerError(401, {
      message: "identity is disabled",
      reason: "This account was disabled.",
    });
  }
  const started = createSession({ identityId: identity.id, method, now: now() });
  const earlier = flow.isRefresh === true ? findSession(request, state) : undefined;
  if (earlier !== undefined && earlier.identityId !== identity.id) {
    return refuseForm(submission, { id: 4000006, text: "This is another person's session" });
  }
  const session: SimulatedSession = earlier === undefined
    ? started
    : { ...earlier, authenticatedAt: started.authenticatedAt };
  const result = await runFlowHooks(findLoginHooks(actions(), list), {
    submission,
    identity,
    session,
  });
  if (result.kind !== "continue") return refuseByHook(submission, result);
  state.sessions.set(session.token, session);
  // Changes by a sign-in hook are in the answer, but are not stored.
  return answerSignedIn(submission, {
    session,
    identity: { ...identity, ...result.changes },
  });
}

function asksForCode({ method, code }: Login): boolean {
  return method === "code" && code === undefined;
}

/** Kratos answers 400 also when it has sent the code. */
function sendLoginCode({ traits }: SimulatedIdentity, submission: Submission): Response {
  const { flow, options: { state, hooks: { now }, publicUrl } } = submission;
  const text = `Login to your account with this code: ${createCode(flow)}`;
  sendMail(state, { recipient: traits.email, text, now: now() });
  return Response.json(describeFlow(flow, publicUrl), { status: 400 });
}

/**
 * Checks a password or a mailed code. Any other method succeeds, because hooks do not depend on its
 * credentials.
 */
function isRight(
  { method, password, code }: Login,
  { submission: { flow, options: { state } }, identity }: {
    submission: Submission;
    identity: SimulatedIdentity;
  },
): boolean {
  if (method === "password") {
    return password !== undefined && state.passwords.get(identity.id) === password;
  }
  if (method !== "code") return true;
  const isCode = flow.code !== undefined && flow.code === code;
  flow.code = undefined;
  return isCode;
}
