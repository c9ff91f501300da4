// SPDX-License-Identifier: Apache-2.0
/** An error as Kratos answers it. `status` is the HTTP status where it differs from the error's code. */
export function answerError(
  code: number,
  { id, status = code, message = "", reason, headers = {} }: {
    /** A name for the error, where Kratos has one. */
    id?: string;
    status?: number;
    message?: string;
    reason?: string;
    headers?: Record<string, string>;
  } = {},
): Response {
  const error = {
    ...(id === undefined ? {} : { id }),
    code,
    ...(reason === undefined ? {} : { reason }),
    message,
  };
  return Response.json({ error }, { status, headers });
}

/** 404 */
export function answerNotFound(reason?: string): Response {
  const message = "Unable to locate the resource";
  return answerError(404, reason === undefined ? { message } : { message, reason });
}

/** 429 with Ory Network's headers */
export function answerRateLimited(): Response {
  return answerError(429, {
    headers: {
      "x-ratelimit-limit": "5, 5;w=1, 80;w=60",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": "1",
    },
  });
}
