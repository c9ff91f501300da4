// SPDX-License-Identifier: Apache-2.0
import { createCsrfSecret, readCookie } from "./_csrf.ts";
import type { KratosState, SimulatedSession } from "./_state.ts";

const SESSION_COOKIE = "ory_kratos_session";

/** The session that a request names by its token or by its cookie. */
export function findSession(
  request: Request,
  { sessions }: KratosState,
): SimulatedSession | undefined {
  const { headers } = request;
  const bearer = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  const token = headers.get("x-session-token") ?? bearer ?? readCookie(request, SESSION_COOKIE);
  return sessions.get(token ?? "");
}

/** The cookies that begin a session in a browser. Kratos renews the CSRF cookie with it. */
export function createSessionHeaders(token: string): Headers {
  return new Headers([
    ["set-cookie", createCsrfSecret().setCookie],
    ["set-cookie", `${SESSION_COOKIE}=${token}; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax`],
  ]);
}

/** The cookies that end a session in a browser. */
export function endSessionHeaders(): Headers {
  return new Headers([
    ["set-cookie", `${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`],
    ["set-cookie", createCsrfSecret().setCookie],
  ]);
}
