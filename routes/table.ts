import type { Context } from "../lib/context.ts";
import type { Operation } from "../lib/http/openapi.ts";
import type { ConnectionInfo } from "../lib/http/client_address.ts";
import { describeCallback, describeCallbackWithToken, jumioCallback } from "./callback.ts";
import { describeHealth, describeReady, health, ready } from "./health.ts";
import { describeInitiate, jumioInitiate } from "./hooks/initiate.ts";
import { createOpenapi, describeOpenapi } from "./openapi.ts";
import { findOperatorRoute, OPERATOR_ROUTES } from "./operator/mod.ts";
import { describeValidate, jumioValidate } from "./hooks/validate.ts";
import { describeVerify, jumioVerify } from "./person/verify.ts";
import { describeVerifyReturn, jumioVerifyReturn } from "./person/verify_return.ts";

/** What a path does. */
export interface Route {
  /** Any other is refused with 405. */
  readonly methods: readonly string[];
  /** Answers. `params` is what stands in the path where it varies. */
  readonly handle: (
    request: Request,
    context: Context,
    sender: { info: ConnectionInfo; params: readonly string[] },
  ) => Response | Promise<Response>;
  /** Each method but HEAD, which is as GET. A function, because most processes never need it. */
  readonly describe: () => Readonly<Record<string, Operation>>;
  /** For a person at a browser, who cannot read JSON. */
  readonly isPage?: boolean;
}

const CALLBACK: Route = {
  methods: ["POST"],
  handle: (request, context, { info, params: [token] }) =>
    jumioCallback(request, context, { peer: info.remoteAddr.hostname ?? "", token }),
  describe: describeCallback,
};

const CALLBACK_PREFIX = "/jumio/callback/";

const CALLBACK_WITH_TOKEN = `${CALLBACK_PREFIX}{token}`;

const OPERATOR_PREFIX = "/operator/";

/** Every route by its path. What stands in braces varies, and is told as `params`. */
export const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["/jumio/validate", { methods: ["POST"], handle: jumioValidate, describe: describeValidate }],
  ["/jumio/initiate", { methods: ["POST"], handle: jumioInitiate, describe: describeInitiate }],
  ["/jumio/callback", CALLBACK],
  [CALLBACK_WITH_TOKEN, { ...CALLBACK, describe: describeCallbackWithToken }],
  ["/jumio/verify", {
    methods: ["GET", "HEAD", "POST"],
    handle: jumioVerify,
    isPage: true,
    describe: describeVerify,
  }],
  ["/jumio/verify/return", {
    methods: ["GET", "HEAD"],
    handle: jumioVerifyReturn,
    isPage: true,
    describe: describeVerifyReturn,
  }],
  ["/health", { methods: ["GET", "HEAD"], handle: health, describe: describeHealth }],
  ["/ready", { methods: ["GET", "HEAD"], handle: ready, describe: describeReady }],
  ["/openapi.json", {
    methods: ["GET", "HEAD"],
    handle: createOpenapi(() => ROUTES),
    describe: describeOpenapi,
  }],
  ...OPERATOR_ROUTES.map(({ path, methods, handle, describe }): [string, Route] => [path, {
    methods,
    handle: (request, context, { params }) => handle(request, context, params),
    describe,
  }]),
]);

/** What answers a path, and under which name it is known. */
export interface FoundRoute {
  readonly path: string;
  readonly route: Route;
  readonly params: readonly string[];
}

/** The route of a path, if there is one. */
export function findRoute(pathname: string, { config }: Context): FoundRoute | undefined {
  if (pathname.startsWith(OPERATOR_PREFIX)) {
    // Nothing is there without a secret: the same answer as for any unknown path.
    const found = config.operatorKeys.length === 0 ? undefined : findOperatorRoute(pathname);
    const route = found && ROUTES.get(found.path);
    return found && route && { ...found, route };
  }
  const route = ROUTES.get(pathname);
  if (route !== undefined) return { path: pathname, route, params: [] };
  const param = pathname.startsWith(CALLBACK_PREFIX) ? pathname.slice(CALLBACK_PREFIX.length) : "";
  if (param === "" || param.includes("/")) return undefined;
  return { path: CALLBACK_WITH_TOKEN, route: CALLBACK, params: [param] };
}
