// SPDX-License-Identifier: Apache-2.0
import { isFromSameBrowser, readCsrfSecret } from "./_csrf.ts";
import { answerError, answerNotFound } from "./_errors.ts";
import { refuseForm, type SelfServiceOptions, type Submission } from "./_flow_hooks.ts";
import { createFlow, describeFlow, type SimulatedFlow } from "./_flows.ts";
import { findSession } from "./_session_cookie.ts";
import type { KratosState } from "./_state.ts";

/** Whether a script made the request. Every other client of a browser flow is redirected. */
export function wantsJson({ headers }: Request): boolean {
  return [headers.get("accept"), headers.get("content-type")].some((types) =>
    types?.includes("application/json")
  );
}

/** Serves `GET /self-service/{login,registration}/browser`. */
export async function openInBrowser(
  name: "login" | "registration",
  { request, options }: { request: Request; options: SelfServiceOptions },
): Promise<Response> {
  const { state, publicUrl, appUrl } = options;
  const { searchParams } = new URL(request.url);
  if (searchParams.get("aal") === "aal2") return answerNoSecondFactor();
  const isRefresh = name === "login" && searchParams.get("refresh") === "true";
  const returnTo = searchParams.get("return_to") ?? undefined;
  if (returnTo !== undefined && !isAllowedReturn(returnTo, appUrl)) {
    const reason = `Requested return_to URL "${returnTo}" is not allowed.`;
    const refused = answerError(400, { id: "self_service_flow_return_to_forbidden", reason });
    return await answerBrowser(refused, { request, options });
  }
  if (!isRefresh && findSession(request, state) !== undefined) {
    if (!wantsJson(request)) return redirect(`${appUrl}/`);
    const message = "you are already logged in";
    return answerError(400, { id: "session_already_available", message });
  }
  const { secret, setCookie } = readCsrfSecret(request);
  const headers = setCookie === undefined
    ? new Headers()
    : new Headers({ "set-cookie": setCookie });
  const flow = createFlow(state, name, {
    csrfSecret: secret,
    issuedAt: options.hooks.now(),
    requestUrl: request.url,
    isRefresh,
    ...(returnTo === undefined ? {} : { returnTo }),
  });
  return wantsJson(request)
    ? Response.json(describeFlow(flow, publicUrl), { headers })
    : redirect(toPage(flow, appUrl), { headers });
}

/** Why a browser may not submit this form, or undefined if it may. */
export function refuseBrowser(form: unknown, submission: Submission): Response | undefined {
  const { request, flow, options: { state } } = submission;
  if (!isFromSameBrowser(request, Object(form)["csrf_token"])) return answerCsrfViolation();
  if (flow.isRefresh === true || findSession(request, state) === undefined) return undefined;
  const text = "A valid session was detected and thus login is not possible. " +
    "Did you forget to set `?refresh=true`?";
  // Kratos sends a browser back to the application, as after a sign-in.
  return wantsJson(request) ? refuseForm(submission, { id: 4000001, text }) : Response.json({});
}

export function answerCsrfViolation(): Response {
  return answerError(403, {
    id: "security_csrf_violation",
    message: "the request was rejected to protect you from Cross-Site-Request-Forgery",
    reason: "Please retry the flow and optionally clear your cookies.",
  });
}

/**
 * Redirects a browser where a script gets an answer: to the form with its messages, to the page for
 * errors, or back to the application.
 */
export async function answerBrowser(
  answer: Response,
  { request, flow, options }: {
    request: Request;
    flow?: SimulatedFlow;
    options: { state: KratosState; appUrl: string };
  },
): Promise<Response> {
  if (wantsJson(request)) return answer;
  const { state, appUrl } = options;
  const { error, ui } = answer.body === null ? {} : await answer.json();
  const headers = new Headers(answer.headers.getSetCookie().map((line) => ["set-cookie", line]));
  if (error !== undefined) {
    const id = crypto.randomUUID();
    state.errors.set(id, error);
    return redirect(`${appUrl}/error?id=${id}`, { headers });
  }
  if (flow !== undefined && ui !== undefined) {
    const status = flow.name === "registration" ? 302 : 303;
    return redirect(toPage(flow, appUrl), { headers, status });
  }
  return redirect(flow?.returnTo ?? `${appUrl}/`, { headers });
}

export function answerNoSecondFactor(): Response {
  return answerNotFound("The simulator has no second factors");
}

/** Any port of the application's host, so that an application of one's own can be developed. */
export function isAllowedReturn(url: string, appUrl: string): boolean {
  return URL.parse(url)?.hostname === new URL(appUrl).hostname;
}

function toPage({ name, id }: SimulatedFlow, appUrl: string): string {
  return `${appUrl}/${name}?flow=${id}`;
}

export function redirect(
  location: string,
  { status = 303, headers = new Headers() }: { status?: number; headers?: Headers } = {},
): Response {
  headers.set("location", location);
  return new Response(null, { status, headers });
}
