import type { Context } from "../lib/context.ts";
import { withDeadline } from "../lib/deadline.ts";
import { UpstreamError } from "../lib/errors.ts";
import { describeError } from "../lib/log.ts";
import { problem, refuse } from "../lib/refusal.ts";
import { jumioCallback } from "./callback.ts";
import { health, ready } from "./health.ts";
import { jumioInitiate } from "./initiate.ts";
import { jumioValidate } from "./validate.ts";
import { jumioVerify } from "./verify.ts";

/** What the server knows of a request beside it. */
export interface ConnectionInfo {
  readonly remoteAddr: { readonly hostname?: string };
}

/** What a path does. `param` is what follows the path of a route that ends in a slash. */
interface Route {
  readonly methods: readonly string[];
  readonly handle: (
    request: Request,
    context: Context,
    sender: { info: ConnectionInfo; param: string | undefined },
  ) => Response | Promise<Response>;
}

const CALLBACK: Route = {
  methods: ["POST"],
  handle: (request, context, { info, param: token }) =>
    jumioCallback(request, context, { peer: info.remoteAddr.hostname ?? "", token }),
};

const CALLBACK_PREFIX = "/jumio/callback/";

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ["/jumio/validate", { methods: ["POST"], handle: jumioValidate }],
  ["/jumio/initiate", { methods: ["POST"], handle: jumioInitiate }],
  ["/jumio/callback", CALLBACK],
  ["/jumio/verify", { methods: ["GET", "HEAD"], handle: jumioVerify }],
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
    const { route, param } = findRoute(pathOf(request.url));
    if (route === undefined) return refuse("not_found");
    if (!route.methods.includes(request.method)) {
      return refuse("method_not_allowed", { allow: route.methods.join(", ") });
    }
    const requestId = crypto.randomUUID();
    const log = context.log.with({ requestId });
    try {
      const answer = route.handle(request, { ...context, log }, { info, param });
      if (answer instanceof Response) return answer;
      return await withDeadline(answer, {
        ms: DEADLINE_MS,
        late() {
          log.error("A request took too long", { deadlineMs: DEADLINE_MS });
          return unavailable(requestId);
        },
        setDeadline: context.setDeadline,
      });
    } catch (error) {
      return answerError(error, { requestId, context: { ...context, log } });
    }
  };
}

/** What stands between the host and the query. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const query = url.indexOf("?", start);
  return query === -1 ? url.slice(start) : url.slice(start, query);
}

function findRoute(pathname: string): { route: Route | undefined; param?: string } {
  const route = ROUTES.get(pathname);
  if (route !== undefined) return { route };
  const param = pathname.startsWith(CALLBACK_PREFIX) ? pathname.slice(CALLBACK_PREFIX.length) : "";
  return param === "" || param.includes("/") ? { route: undefined } : { route: CALLBACK, param };
}

function answerError(
  error: unknown,
  { requestId, context: { log } }: { requestId: string; context: Context },
): Response {
  if (error instanceof UpstreamError) {
    const { upstream, reason, status } = error;
    log.warn("An upstream failed a request", { upstream, reason, status });
    return unavailable(requestId);
  }
  log.error("A request met a bug", describeError(error));
  return problem({
    status: 500,
    title: "Internal error",
    detail: `The log has more under the request id ${requestId}`,
  });
}

function unavailable(requestId: string): Response {
  return problem({
    status: 503,
    title: "Not available",
    detail: `Something that this needs does not answer. Please repeat it; request id ${requestId}`,
  });
}
