import { answerError, answerNotFound } from "./_errors.ts";
import type { SelfServiceOptions } from "./_flow_hooks.ts";
import { createFlow, describeFlow } from "./_flows.ts";
import { findSession, signIn } from "./_login.ts";
import { hasIdToken, submitIdToken } from "./_oidc.ts";
import { openRecoveryLink, recover } from "./_recovery.ts";
import { register } from "./_registration.ts";
import { describeSession, type KratosState } from "./_state.ts";

/** Serves the self-service flows and whoami. */
export async function serveSelfService(
  request: Request,
  options: SelfServiceOptions,
): Promise<Response> {
  const { state, publicUrl } = options;
  const { pathname, searchParams } = new URL(request.url);
  const route = `${request.method} ${pathname}`;
  switch (route) {
    case "GET /self-service/registration/api":
      return Response.json(describeFlow(createFlow(state, "registration"), publicUrl));
    case "GET /self-service/login/api":
      return openLogin(searchParams, options);
    case "GET /self-service/recovery/browser":
      return Response.json(describeFlow(createFlow(state, "recovery"), publicUrl));
    case "GET /sessions/whoami":
      return whoami(request, state);
  }
  const flow = state.flows.get(searchParams.get("flow") ?? searchParams.get("id") ?? "");
  if (flow === undefined) return answerNotFound();
  const { name } = flow;
  if (route === `GET /self-service/${name}/flows`) {
    return Response.json(describeFlow(flow, publicUrl));
  }
  if (route === "GET /self-service/recovery") {
    return await openRecoveryLink(searchParams.get("token"), { request, flow, options });
  }
  if (route !== `POST /self-service/${name}`) return answerError(404);
  const form = await readForm(request);
  if (name === "recovery") return await recover(form, { request, flow, options });
  if (request.headers.has("origin") || request.headers.has("cookie")) {
    return answerError(400, { reason: "A browser cannot submit a flow made for the API" });
  }
  if (hasIdToken(form)) return await submitIdToken(form, { request, flow, options });
  return name === "registration"
    ? await register(form, { request, flow, options })
    : await signIn(form, { request, flow, options });
}

function openLogin(search: URLSearchParams, { state, publicUrl }: SelfServiceOptions): Response {
  if (search.get("aal") === "aal2") return answerNotFound("The simulator has no second factors");
  const flow = createFlow(state, "login", { isRefresh: search.get("refresh") === "true" });
  return Response.json(describeFlow(flow, publicUrl));
}

function whoami(request: Request, state: KratosState): Response {
  const session = findSession(request, state);
  const identity = state.identities.get(session?.identityId ?? "");
  if (session === undefined || identity?.state !== "active") {
    return answerError(401, {
      message: "The request could not be authorized",
      reason: "No valid session credentials found in the request.",
    });
  }
  return Response.json(describeSession(session, { identity }), {
    headers: { "x-kratos-authenticated-identity-id": identity.id },
  });
}

/** Reads a form in JSON or as a browser encodes it. */
async function readForm(request: Request): Promise<unknown> {
  const text = await request.text();
  if (request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text);
  } catch {
    // Every schema refuses undefined, as it refuses any other wrong form.
    return undefined;
  }
}
