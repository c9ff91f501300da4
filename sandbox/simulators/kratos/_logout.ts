// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { answerBrowser, isAllowedReturn, redirect, wantsJson } from "./_browser.ts";
import { endSessionHeaders, findSession } from "./_session_cookie.ts";
import { answerError } from "./_errors.ts";
import type { SelfServiceOptions } from "./_flow_hooks.ts";
import type { KratosState, SimulatedSession } from "./_state.ts";

const TokenBody = z.object({ "session_token": z.string() });

interface LogoutOptions {
  readonly request: Request;
  readonly options: SelfServiceOptions;
}

/** Serves `GET /self-service/logout/browser`: the address that ends the session of this browser. */
export async function openLogout({ request, options }: LogoutOptions): Promise<Response> {
  const session = findSession(request, options.state);
  if (session === undefined) return await answerBrowser(answerNoSession(), { request, options });
  const url = new URL(`${options.publicUrl}/self-service/logout`);
  const returnTo = new URL(request.url).searchParams.get("return_to");
  if (returnTo !== null) url.searchParams.set("return_to", returnTo);
  url.searchParams.set("token", session.logoutToken);
  return Response.json({ "logout_url": url.href, "logout_token": session.logoutToken });
}

/** Serves `GET /self-service/logout`. The token shows that the application sent the browser here. */
export async function logOut({ request, options }: LogoutOptions): Promise<Response> {
  const { state, appUrl } = options;
  const { searchParams } = new URL(request.url);
  const session = findSession(request, state);
  const refused = refuseLogout(searchParams.get("token"), session);
  if (refused !== undefined) return await answerBrowser(refused, { request, options });
  endSession(session?.token ?? "", state);
  const headers = endSessionHeaders();
  if (wantsJson(request)) return new Response(null, { status: 204, headers });
  const returnTo = searchParams.get("return_to");
  const isAllowed = returnTo !== null && isAllowedReturn(returnTo, appUrl);
  return redirect(isAllowed ? returnTo : `${appUrl}/`, { headers });
}

/** Serves `DELETE /self-service/logout/api`, which also accepts the token of an ended session. */
export async function logOutNatively(
  { request, options: { state } }: LogoutOptions,
): Promise<Response> {
  const { data } = TokenBody.safeParse(await request.json().catch(() => undefined));
  const token = data?.["session_token"] ?? "";
  if (!state.sessions.has(token) && !state.endedTokens.has(token)) {
    return answerError(403, {
      message: "The requested action was forbidden",
      reason:
        "The provided Ory Session Token could not be found, is invalid, or otherwise malformed.",
    });
  }
  endSession(token, state);
  return new Response(null, { status: 204 });
}

function refuseLogout(
  token: string | null,
  session: SimulatedSession | undefined,
): Response | undefined {
  if (token === null) {
    return answerError(400, { reason: "Please include a token in the URL query." });
  }
  if (session === undefined) return answerNoSession();
  return token === session.logoutToken ? undefined : answerError(403, {
    message: "The requested action was forbidden",
    reason:
      "Unable to log out because the logout token in the URL query does not match the session cookie.",
  });
}

function answerNoSession(): Response {
  return answerError(401, {
    id: "session_inactive",
    message: "request does not have a valid authentication session",
    reason: "No active session was found in this request.",
  });
}

function endSession(token: string, { sessions, endedTokens }: KratosState): void {
  sessions.delete(token);
  endedTokens.add(token);
}
