// SPDX-License-Identifier: Apache-2.0
import type { TestContext } from "./context.ts";
import { createOperatedContext, OPERATOR_SECRET } from "./operator_api.ts";

/** Values of `OPERATOR_SECRET` with a name: Ada may change things, Bo may only read. */
export const ADA = "ada:secret-of-ada-secret-of-ada-01234567";
export const BO = "bo:ro:secret-of-bo-secret-of-bo-0123456789";

/** A test context with a secret without a name, and those of Ada and Bo. */
export function createNamedContext(
  options: Parameters<typeof createOperatedContext>[0] = {},
): Promise<TestContext> {
  const env = { "OPERATOR_SECRET": `${OPERATOR_SECRET} ${ADA} ${BO}`, ...options.env };
  return createOperatedContext({ ...options, env });
}
