// SPDX-License-Identifier: Apache-2.0
import {
  answerBrowser,
  answerCsrfViolation,
  answerNoSecondFactor,
  openInBrowser,
  refuseBrowser,
} from "./_browser.ts";
import { readCsrfSecret } from "./_csrf.ts";
import { answerError, answerNotFound } from "./_errors.ts";
import type { SelfServiceOptions, Submission } from "./_flow_hooks.ts";
import { createFlow, describeFlow, type SimulatedFlow } from "./_flows.ts";
import { signIn } from "./_login.ts";
import { logOut, logOutNatively, openLogout } from "./_logout.ts";
import { hasIdToken, submitIdToken } from "./_oidc.ts";
import { openRecoveryLink, recover } from "./_recovery.ts";
import { register } from "./_registration.ts";
import { findSession } from "./_session_cookie.ts";
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
      return Response.json(describeFlow(openFlow("registration", options), publicUrl));
    case "GET /self-service/login/api":
      return openLogin(searchParams, options);
    case "GET /self-service/recovery/browser":
      return Response.json(describeFlow(openFlow("recovery", options), publicUrl));
    case "GET /self-service/registration/browser":
      return await openInBrowser("registration", { request, options });
    case "GET /self-service/login/browser":
      return await openInBrowser("login", { request, options });
    case "GET /self-service/logout/browser":
      return await openLogout({ request, options });
    case "GET /self-service/logout":
      return await logOut({ request, options });
    case "DELETE /self-service/logout/api":
      return await logOutNatively({ request, options });
    case "GET /self-service/errors":
      return readError(searchParams.get("id") ?? "", state);
    case "GET /sessions/whoami":
      return whoami(request, state);
  }
  return await serveFlow(route, { request, options });
}

/** Serves the requests that belong to one flow. */
async function serveFlow(
  route: string,
  { request, options }: { request: Request; options: SelfServiceOptions },
): Promise<Response> {
  const { state, publicUrl } = options;
  const { searchParams } = new URL(request.url);
  const flow = state.flows.get(searchParams.get("flow") ?? searchParams.get("id") ?? "");
  if (flow === undefined) {
    const answer = answerNotFound();
    return request.method === "POST" ? await answerBrowser(answer, { request, options }) : answer;
  }
  if (route === `GET /self-service/${flow.name}/flows`) {
    return isOfThisBrowser(flow, request)
      ? Response.json(describeFlow(flow, publicUrl))
      : answerCsrfViolation();
  }
  if (route === "GET /self-service/recovery") {
    return await openRecoveryLink(searchParams.get("token"), { request, flow, options });
  }
  if (route !== `POST /self-service/${flow.name}`) return answerError(404);
  const form = await readForm(request);
  const submission = { request, flow, options };
  if (flow.name === "recovery") return await recover(form, submission);
  if (flow.csrfSecret !== undefined) {
    const answer = refuseBrowser(form, submission) ?? await submit(form, submission);
    return await answerBrowser(answer, submission);
  }
  if (request.headers.has("origin") || request.headers.has("cookie")) {
    return answerError(400, { reason: "A browser cannot submit a flow made for the API" });
  }
  return await submit(form, submission);
}

async function submit(form: unknown, submission: Submission): Promise<Response> {
  if (hasIdToken(form)) return await submitIdToken(form, submission);
  return submission.flow.name === "registration"
    ? await register(form, submission)
    : await signIn(form, submission);
}

function openFlow(
  name: SimulatedFlow["name"],
  { state, hooks: { now } }: SelfServiceOptions,
  rest: Partial<SimulatedFlow> = {},
): SimulatedFlow {
  return createFlow(state, name, { ...rest, issuedAt: now() });
}

function openLogin(search: URLSearchParams, options: SelfServiceOptions): Response {
  if (search.get("aal") === "aal2") return answerNoSecondFactor();
  const flow = openFlow("login", options, { isRefresh: search.get("refresh") === "true" });
  return Response.json(describeFlow(flow, options.publicUrl));
}

/** Nobody else may read the form of a browser, because its messages can be personal. */
function isOfThisBrowser({ csrfSecret }: SimulatedFlow, request: Request): boolean {
  return csrfSecret === undefined || csrfSecret === readCsrfSecret(request).secret;
}

function readError(id: string, { errors }: KratosState): Response {
  return errors.has(id) ? Response.json({ id, error: errors.get(id) }) : answerNotFound();
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

/** Reads a form in JSON or as a browser encodes it, where a dot leads into an object. */
async function readForm(request: Request): Promise<unknown> {
  const text = await request.text();
  if (request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded")) {
    const { "traits.email": email, ...form } = Object.fromEntries(new URLSearchParams(text));
    return email === undefined ? form : { ...form, traits: { email } };
  }
  try {
    return JSON.parse(text);
  } catch {
    // Every schema refuses undefined, as it refuses any other wrong form.
    return undefined;
  }
}
