import type { Context } from "../lib/context.ts";
import { UpstreamError } from "../lib/errors.ts";
import { describeError, type Log } from "../lib/log.ts";
import type { Operation } from "../lib/operation.ts";
import { problem, refuse } from "../lib/refusal.ts";
import { describeCallback, describeCallbackWithToken, jumioCallback } from "./callback.ts";
import { describeHealth, describeReady, health, ready } from "./health.ts";
import { describeInitiate, jumioInitiate } from "./initiate.ts";
import { createOpenapi, describeOpenapi } from "./openapi.ts";
import { findOperatorRoute, OPERATOR_ROUTES } from "./operator/mod.ts";
import { describeValidate, jumioValidate } from "./validate.ts";
import { renderPersonPage } from "./_person_page.ts";
import { describeVerify, jumioVerify } from "./verify.ts";
import { describeVerifyReturn, jumioVerifyReturn } from "./verify_return.ts";

/** What the server knows of a request beside it. */
export interface ConnectionInfo {
  /** Of the connection itself, which a proxy may have made. */
  readonly remoteAddr: { readonly hostname?: string };
}

/** What a path does. */
interface Route {
  /** Any other is refused with 405. */
  readonly methods: readonly string[];
  /** Answers. `params` is what stands in the path where it varies. */
  readonly handle: (
    request: Request,
    context: Context,
    sender: { peer: string; params: readonly string[] },
  ) => Response | Promise<Response>;
  /** Each method but HEAD, which is as GET. A function, because most processes never need it. */
  readonly describe: () => Readonly<Record<string, Operation>>;
  /** For a person at a browser, who cannot read JSON. */
  readonly isPage?: boolean;
}

/** What is answered in the place of a route that failed. */
interface FailureAnswers {
  readonly unavailable: () => Response | Promise<Response>;
  readonly bug: () => Response | Promise<Response>;
}

const CALLBACK: Route = {
  methods: ["POST"],
  handle: (request, context, { peer, params: [token] }) =>
    jumioCallback(request, context, { peer, token }),
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

/** Longer than any route takes, shorter than the 30 s for which Kratos waits. */
const DEADLINE_MS = 10_000;

/**
 * Creates the handler of all requests: route, method, request id, deadline, and the one place where
 * something thrown becomes an answer. No answer carries `Retry-After`: Kratos would obey it.
 */
export function createHandler(
  context: Context,
): (request: Request, info: ConnectionInfo) => Promise<Response> {
  return async (request, info) => {
    // Whoever sends a Host header that is none must not get as far as an exception.
    const address = URL.parse(request.url);
    const found = address === null ? undefined : findRoute(address.pathname, context);
    const requestId = crypto.randomUUID();
    const { log, end } = context.telemetry.watchRequest({
      method: request.method,
      route: found?.path ?? "(unknown)",
      log: context.log.with({ requestId }),
    });
    const peer = info.remoteAddr.hostname ?? "";
    const response = found === undefined
      ? refuseRequest(address === null ? "bad_address" : "not_found", { log })
      : await answer(request, { ...found, requestId, peer, context: { ...context, log } });
    end(response);
    return response;
  };
}

/** What answers a path, and under which name it is known. */
interface FoundRoute {
  readonly path: string;
  readonly route: Route;
  readonly params: readonly string[];
}

function findRoute(pathname: string, { config }: Context): FoundRoute | undefined {
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

async function answer(
  request: Request,
  { route, params, requestId, peer, context }: FoundRoute & {
    requestId: string;
    peer: string;
    context: Context;
  },
): Promise<Response> {
  const { log } = context;
  if (!route.methods.includes(request.method)) {
    return refuseRequest("method_not_allowed", { log, allow: route.methods.join(", ") });
  }
  const answers = route.isPage ? createPages(request, context) : createProblems(requestId);
  const { promise: late, resolve } = Promise.withResolvers<Response>();
  const timer = setTimeout(() => {
    log.error("A request took too long", { deadlineMs: DEADLINE_MS });
    resolve(answers.unavailable());
  }, DEADLINE_MS);
  try {
    return await Promise.race([route.handle(request, context, { peer, params }), late]);
  } catch (error) {
    if (error instanceof UpstreamError) {
      const { upstream, reason, status } = error;
      log.warn("An upstream failed a request", { upstream, reason, status });
      return await answers.unavailable();
    }
    log.error("A request met a bug", describeError(error));
    return await answers.bug();
  } finally {
    clearTimeout(timer);
  }
}

/** At debug: whoever scans for other things finds nothing, and must not fill the log. */
function refuseRequest(
  reason: "bad_address" | "not_found" | "method_not_allowed",
  { log, allow }: { log: Log; allow?: string },
): Response {
  log.debug("Refused a request", { reason });
  return refuse(reason, { allow });
}

function createProblems(requestId: string): FailureAnswers {
  return {
    unavailable: () =>
      problem({
        status: 503,
        title: "Not available",
        detail: "Something that this needs does not answer. Please repeat it; request id " +
          requestId,
      }),
    bug: () =>
      problem({
        status: 500,
        title: "Internal error",
        detail: `The log has more under the request id ${requestId}`,
      }),
  };
}

/** To a person one failure is as good as another: they look again. */
function createPages(request: Request, { config }: Context): FailureAnswers {
  const { pathname, search } = new URL(request.url);
  const again = request.method === "POST"
    ? {}
    : { returnHref: `${config.publicUrl}${pathname}${search}` };
  const page = { request, config, ...again };
  return {
    unavailable: () => renderPersonPage("unavailable", page),
    bug: () => renderPersonPage("unavailable", { ...page, status: 500 }),
  };
}
