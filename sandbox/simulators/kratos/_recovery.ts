// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { wantsJson } from "./_browser.ts";
import { answerError, answerNotFound } from "./_errors.ts";
import { runFlowHooks, type Submission } from "./_flow_hooks.ts";
import { createFlow, describeFlow, placeMessages, type SimulatedFlow } from "./_flows.ts";
import { createCode, sendMail } from "./_mail.ts";
import { createSession, findByEmail, type KratosState, type SimulatedIdentity } from "./_state.ts";

const RECOVERY_LIFETIME_MS = 3_600_000;

const RecoveryForm = z.object({
  method: z.optional(z.enum(["code", "link"])),
  email: z.optional(z.string()),
  code: z.optional(z.string()),
});

/** What an administrator's recovery needs. */
interface AdministratorsRecovery {
  readonly state: KratosState;
  readonly publicUrl: string;
  readonly now: () => number;
}

/** Serves `POST /admin/recovery/code`: an administrator's code for an identity. */
export function createRecoveryCode(body: unknown, options: AdministratorsRecovery): Response {
  const { state, publicUrl, now } = options;
  const identityId = findRecovered(body, state);
  if (identityId === undefined) return answerNotFound("could not find identity");
  const flow = createFlow(state, "recovery", {
    issuedAt: now(),
    identityId,
    code: "",
    active: "code",
  });
  return Response.json({
    "recovery_code": createCode(flow),
    "recovery_link": `${publicUrl}/recovery?flow=${flow.id}`,
    "expires_at": new Date(now() + RECOVERY_LIFETIME_MS).toISOString(),
  }, { status: 201 });
}

/** Serves `POST /admin/recovery/link`: an administrator's link for an identity. */
export function createRecoveryLink(body: unknown, options: AdministratorsRecovery): Response {
  const { state, publicUrl, now } = options;
  const identityId = findRecovered(body, state);
  if (identityId === undefined) return answerNotFound("could not find identity");
  const flow = createFlow(state, "recovery", { issuedAt: now(), identityId, active: "link" });
  return Response.json({
    "recovery_link": createLink(flow, publicUrl),
    "expires_at": new Date(now() + RECOVERY_LIFETIME_MS).toISOString(),
  });
}

/**
 * Sends a code or a link, or accepts a code. A flow of an administrator needs no CSRF token, and the
 * simulator asks for none in any flow.
 */
export async function recover(form: unknown, submission: Submission): Promise<Response> {
  const { flow, options: { publicUrl } } = submission;
  const { data } = RecoveryForm.safeParse(form);
  if (data?.email !== undefined) return sendRecovery({ ...data, email: data.email }, submission);
  if (flow.code === undefined || data?.code !== flow.code) {
    const text = "The recovery code is invalid or has already been used. Please try again.";
    flow.messages = [{ id: 4060006, text, type: "error" }];
    return redirect(`${publicUrl}/recovery?flow=${flow.id}`);
  }
  // The code is used up even if a hook refuses.
  flow.code = undefined;
  return await completeRecovery(submission);
}

/** Serves the link of a mail or of an administrator. */
export async function openRecoveryLink(
  token: string | null,
  submission: Submission,
): Promise<Response> {
  const { flow, options: { publicUrl } } = submission;
  if (flow.token === undefined || flow.token !== token) {
    const text = "The recovery token is invalid or has already been used. Please retry the flow.";
    flow.messages = [{ id: 4060004, text, type: "error" }];
    return redirect(`${publicUrl}/recovery?flow=${flow.id}`);
  }
  flow.token = undefined;
  return await completeRecovery(submission);
}

/** Kratos answers alike, whether it knows the address or not. */
function sendRecovery(
  { email, method }: { email: string; method?: "code" | "link" | undefined },
  { flow, options: { state, hooks: { now }, publicUrl } }: Submission,
): Response {
  const identity = findByEmail(state, email);
  if (identity !== undefined) {
    flow.identityId = identity.id;
    const text = method === "link"
      ? `Recover access to your account with this link: ${createLink(flow, publicUrl)}`
      : `Recover access to your account with this code: ${createCode(flow)}`;
    sendMail(state, { recipient: email, text, now: now() });
  }
  return Response.json(describeFlow(flow, publicUrl));
}

/** Gives the person a session, unless a hook refuses. */
async function completeRecovery(submission: Submission): Promise<Response> {
  const { request, flow, options: { state, hooks: { now }, actions, publicUrl } } = submission;
  const identity: SimulatedIdentity | undefined = state.identities.get(flow.identityId ?? "");
  if (identity === undefined) return answerNotFound();
  const isJson = wantsJson(request);
  const { hooks = [] } = actions().selfservice.flows.recovery.after;
  const result = await runFlowHooks(hooks, { submission, identity });
  if (result.kind === "failed") return redirect(`${publicUrl}/error?id=${crypto.randomUUID()}`);
  if (result.kind === "refused") {
    const next = createFlow(state, "recovery", { issuedAt: now(), active: "code" });
    placeMessages(next, result.messages);
    const path = isJson ? `self-service/recovery/flows?id=` : "recovery?flow=";
    return redirect(`${publicUrl}/${path}${next.id}`);
  }
  const method = flow.active === "link" ? "link_recovery" : "code_recovery";
  const session = createSession({ identityId: identity.id, method, now: now() });
  state.sessions.set(session.token, session);
  const headers = {
    "set-cookie": `ory_kratos_session=${session.token}; Path=/; HttpOnly; SameSite=Lax`,
  };
  // Kratos tells a script which page follows, and redirects a browser to it.
  return isJson
    ? answerError(422, { reason: "browser_location_change_required", headers })
    : redirect(`${publicUrl}/settings?flow=${crypto.randomUUID()}`, headers);
}

function findRecovered(body: unknown, { identities }: KratosState): string | undefined {
  const id = z.object({ "identity_id": z.string() }).safeParse(body).data?.["identity_id"] ?? "";
  return identities.has(id) ? id : undefined;
}

/** The link has a token that is valid until it is used. */
function createLink(flow: SimulatedFlow, publicUrl: string): string {
  flow.token = crypto.randomUUID().replaceAll("-", "");
  return `${publicUrl}/self-service/recovery?flow=${flow.id}&token=${flow.token}`;
}

function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { ...headers, location } });
}
