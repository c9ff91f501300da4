// SPDX-License-Identifier: Apache-2.0
import { problem } from "./_answers.ts";
import type { JumioState } from "./_state.ts";

const TOKEN_LIFETIME_S = 3600;

/** Serves the OAuth2 API: an access token for the client's credentials. */
export async function issueToken(
  request: Request,
  { options, tokens }: JumioState,
): Promise<Response> {
  const { clientId, clientSecret, now } = options;
  const form = new URLSearchParams(await request.text());
  if (request.method !== "POST" || form.get("grant_type") !== "client_credentials") {
    return problem(400, "Bad Request");
  }
  const credentials = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;
  if (request.headers.get("authorization") !== credentials) return problem(401, "Unauthorized");
  const iat = Math.floor(now() / 1000);
  const claims = { iat, exp: iat + TOKEN_LIFETIME_S, jti: crypto.randomUUID() };
  const payload = new TextEncoder().encode(JSON.stringify(claims));
  const token = `e30.${payload.toBase64({ alphabet: "base64url", omitPadding: true })}.x`;
  tokens.set(token, claims.exp * 1000);
  return Response.json({
    "access_token": token,
    "expires_in": TOKEN_LIFETIME_S,
    "token_type": "Bearer",
  });
}

/** Whether a call has an access token that has not expired. */
export function hasValidToken({ headers }: Request, { options, tokens }: JumioState): boolean {
  const bearer = /^Bearer (.+)$/.exec(headers.get("authorization") ?? "")?.[1] ?? "";
  return (tokens.get(bearer) ?? 0) > options.now();
}
