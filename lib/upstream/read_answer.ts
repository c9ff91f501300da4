// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import type { UpstreamAnswer } from "./call.ts";
import { UpstreamError } from "./error.ts";

/**
 * Checks that an upstream answered with a 2xx status.
 *
 * @throws {UpstreamError} `status` for any other, with the time that the upstream asked us to wait.
 */
export function checkStatus({ upstream, action, status, retryAfterMs }: UpstreamAnswer): void {
  if (status >= 200 && status <= 299) return;
  throw new UpstreamError(upstream, "status", { action, status, retryAfterMs });
}

/**
 * Reads the JSON of a 2xx answer by a schema.
 *
 * @throws {UpstreamError} `status` as {@linkcode checkStatus}; `malformed` where the schema does not fit.
 */
export function readAnswer<Schema extends z.ZodType>(
  schema: Schema,
  answer: UpstreamAnswer,
): z.output<Schema> {
  checkStatus(answer);
  const parsed = schema.safeParse(answer.json);
  if (parsed.success) return parsed.data;
  const { upstream, action, status } = answer;
  throw new UpstreamError(upstream, "malformed", { action, status, cause: parsed.error });
}
