import type { Context } from "../lib/context.ts";
import { UpstreamError } from "../lib/errors.ts";
import { describeError } from "../lib/log.ts";
import { problem, refuse } from "../lib/refusal.ts";
import { jumioCallback } from "./callback.ts";
import { health, ready } from "./health.ts";
import { jumioInitiate } from "./initiate.ts";
import { jumioValidate } from "./validate.ts";
import { renderPersonPage } from "./_person_page.ts";
import { jumioVerify } from "./verify.ts";
import { jumioVerifyReturn } from "./verify_return.ts";

/** What the server knows of a request beside it. */
export interface ConnectionInfo {
  /** Of the connection itself, which a proxy may have made. */
  readonly remoteAddr: { readonly hostname?: string };
}

/** What a path does. `param` is what follows the path of a route that ends in a slash. */
interface Route {
  readonly methods: readonly string[];
  readonly handle: (
    request: Request,
    context: Context,
    sender: { peer: string; param: string | undefined },
  ) => Response | Promise<Response>;
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
  handle: (request, context, { peer, param: token }) =>
    jumioCallback(request, context, { peer, token }),
};

const CALLBACK_PREFIX = "/jumio/callback/";

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ["/jumio/validate", { methods: ["POST"], handle: jumioValidate }],
  ["/jumio/initiate", { methods: ["POST"], handle: jumioInitiate }],
  ["/jumio/callback", CALLBACK],
  ["/jumio/verify", { methods: ["GET", "HEAD", "POST"], handle: jumioVerify, isPage: true }],
  ["/jumio/verify/return", {
    methods: ["GET", "HEAD"],
    handle: jumioVerifyReturn,
    isPage: true,
  }],
  ["/health", { methods: ["GET", "HEAD"], handle: health }],
  ["/ready", { methods: ["GET", "HEAD"], handle: ready }],
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
    const { pathname } = new URL(request.url);
    const { route, param } = findRoute(pathname);
    if (route === undefined) return refuse("not_found");
    if (!route.methods.includes(request.method)) {
      return refuse("method_not_allowed", { allow: route.methods.join(", ") });
    }
    const requestId = crypto.randomUUID();
    const log = context.log.with({ requestId });
    const peer = info.remoteAddr.hostname ?? "";
    const answers = route.isPage ? createPages(request, context) : createProblems(requestId);
    const { promise: late, resolve } = Promise.withResolvers<Response>();
    const timer = setTimeout(() => {
      log.error("A request took too long", { deadlineMs: DEADLINE_MS });
      resolve(answers.unavailable());
    }, DEADLINE_MS);
    try {
      const answer = route.handle(request, { ...context, log }, { peer, param });
      return await Promise.race([answer, late]);
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
  };
}

function findRoute(pathname: string): { route: Route | undefined; param?: string } {
  const route = ROUTES.get(pathname);
  if (route !== undefined) return { route };
  const param = pathname.startsWith(CALLBACK_PREFIX) ? pathname.slice(CALLBACK_PREFIX.length) : "";
  return param === "" || param.includes("/") ? { route: undefined } : { route: CALLBACK, param };
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
