// SPDX-License-Identifier: Apache-2.0
import type { AccessToken } from "./access_token.ts";
import type { CallUpstream, UpstreamAnswer, UpstreamCall } from "../upstream/call.ts";
import { UpstreamError } from "../upstream/error.ts";

type Request = Pick<
  UpstreamCall,
  "action" | "method" | "url" | "body" | "timeoutMs" | "isSentOnce"
>;

/** Sends a request to Jumio's account or retrieval API. */
export type Send = (request: Request) => Promise<UpstreamAnswer>;

/**
 * Creates a function that sends with the access token. Where Jumio answers 401 it drops the token
 * and sends once more with a new one.
 */
export function createSend(
  { accessToken, call }: { accessToken: AccessToken; call: CallUpstream },
): Send {
  async function sendWith(token: string, request: Request): Promise<UpstreamAnswer> {
    return await call({
      upstream: "jumio",
      headers: {
        "authorization": `Bearer ${token}`,
        "content-type": "application/json",
        "accept": "application/json",
      },
      ...request,
    });
  }

  async function getToken(): Promise<string> {
    try {
      return await accessToken.get();
    } catch (error) {
      throw error instanceof UpstreamError ? asNotSent(error) : error;
    }
  }

  return async (request) => {
    const token = await getToken();
    const answer = await sendWith(token, request);
    if (answer.status !== 401) return answer;
    await accessToken.drop(token);
    return await sendWith(await getToken(), request);
  };
}

/** Without a token, the request itself is not sent. */
function asNotSent(
  { upstream, reason, status, retryAfterMs, cause }: UpstreamError,
): UpstreamError {
  const action = "get a Jumio access token";
  return new UpstreamError(upstream, reason, {
    action,
    status,
    retryAfterMs,
    cause,
    wasSent: false,
  });
}
