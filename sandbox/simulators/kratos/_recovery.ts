import * as z from "zod";
import { answerNotFound } from "./_errors.ts";
import { runFlowHooks, type Submission } from "./_flow_hooks.ts";
import { createFlow, placeMessages } from "./_flows.ts";
import { createSession, type KratosState } from "./_state.ts";

const RECOVERY_LIFETIME_MS = 3_600_000;

/** Serves `POST /admin/recovery/code`: an administrator's code for an identity. */
export function createRecoveryCode(
  body: unknown,
  { state, publicUrl, now }: { state: KratosState; publicUrl: string; now: () => number },
): Response {
  const form = z.object({ "identity_id": z.string() }).safeParse(body);
  const identityId = form.data?.["identity_id"] ?? "";
  if (!state.identities.has(identityId)) return answerNotFound("could not find identity");
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  const code = String(random).slice(-6).padStart(6, "0");
  const flow = createFlow(state, "recovery", { identityId, code, active: "code" });
  return Response.json({
    "recovery_link": `${publicUrl}/recovery?flow=${flow.id}`,
    "recovery_code": code,
    "expires_at": new Date(now() + RECOVERY_LIFETIME_MS).toISOString(),
  }, { status: 201 });
}

/** Accepts a recovery code in a browser's form. A flow of an administrator needs no CSRF token. */
export async function recover(form: unknown, submission: Submission): Promise<Response> {
  const { flow, options: { state, hooks: { now }, actions, publicUrl } } = submission;
  const { data } = z.object({ code: z.string() }).safeParse(form);
  const identity = state.identities.get(flow.identityId ?? "");
  if (identity === undefined || flow.code === undefined || data?.code !== flow.code) {
    const text = "The recovery code is invalid or has already been used. Please try again.";
    flow.messages = [{ id: 4060006, text, type: "error" }];
    return redirect(`${publicUrl}/recovery?flow=${flow.id}`);
  }
  // The code is used up even if a hook refuses.
  flow.code = undefined;
  const { hooks = [] } = actions().selfservice.flows.recovery.after;
  const result = await runFlowHooks(hooks, { submission, identity });
  if (result.kind === "failed") return redirect(`${publicUrl}/error?id=${crypto.randomUUID()}`);
  if (result.kind === "refused") {
    const next = createFlow(state, "recovery", { active: "code" });
    placeMessages(next, result.messages);
    return redirect(`${publicUrl}/recovery?flow=${next.id}`);
  }
  const session = createSession({ identityId: identity.id, method: "code_recovery", now: now() });
  state.sessions.set(session.token, session);
  return redirect(`${publicUrl}/settings?flow=${crypto.randomUUID()}`, {
    "set-cookie": `ory_kratos_session=${session.token}; Path=/; HttpOnly; SameSite=Lax`,
  });
}

function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { ...headers, location } });
}
