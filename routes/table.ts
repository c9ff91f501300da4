// SPDX-License-Identifier: Apache-2.0
import type { Config } from "../lib/config/config.ts";
import type { Context } from "../lib/context.ts";
import type { Route } from "../lib/http/route.ts";
import { callback, callbackWithToken } from "./callback.ts";
import { health, ready } from "./health.ts";
import { initiate } from "./hooks/initiate.ts";
import { validate } from "./hooks/validate.ts";
import { createOpenapi } from "./openapi.ts";
import { continueVerify, verify } from "./person/verify.ts";
import { verifyReturn } from "./person/verify_return.ts";

/** For every instance. */
export const ROUTES: readonly Route<Context>[] = [
  validate,
  initiate,
  callback,
  callbackWithToken,
  verify,
  continueVerify,
  verifyReturn,
  health,
  ready,
];

/** Lists the routes that an instance with this configuration answers, and loads no others. */
export async function listRoutes(
  { operator }: Pick<Config, "operator">,
): Promise<readonly Route<Context>[]> {
  const routes = [...ROUTES];
  if (operator.keys.length > 0) {
    const { OPERATOR_ROUTES } = await import("./operator/routes.ts");
    routes.push(...OPERATOR_ROUTES);
  }
  routes.push(createOpenapi(routes));
  return routes;
}
