import type { Context } from "../lib/context.ts";
import { waitAtMost } from "../lib/deadline.ts";
import { UpstreamError } from "../lib/upstream/error.ts";
import { describeError, type Log } from "../lib/log.ts";
import { problem, refuse } from "../lib/http/refusal.ts";
import type { ConnectionInfo } from "../lib/http/client_address.ts";
import { renderPersonPage } from "./person/_page.ts";
import { findRoute, type FoundRoute } from "./table.ts";

/** What is answered in the place of a route that failed. */
interface FailureAnswers {
  readonly unavailable: () => Response | Promise<Response>;
  readonly bug: () => Response | Promise<Response>;
}

/** Longer than any route takes, shorter than the 30 s for which Kratos waits. */
const DEADLINE_MS = 10_000;

/** A request on its way to its answer. */
interface Visit {
  readonly request: Request;
  readonly requestId: string;
  readonly info: ConnectionInfo;
  /** Where it leads, unless nowhere. */
  readonly found: FoundRoute | undefined;
  /** With the request's own log. */
  readonly context: Context;
}

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
    const visit = { request, requestId, info, found, context: { ...context, log } };
    let response: Response;
    try {
      response = address === null ? refuseRequest("bad_address", { log }) : await answer(visit);
    } catch (error) {
      response = await answerFailure(error, visit);
    }
    end(response);
    return response;
  };
}

async function answer(visit: Visit): Promise<Response> {
  const { request, info, found, context } = visit;
  const { log, setDeadline } = context;
  if (found === undefined) return refuseRequest("not_found", { log });
  const { route, params } = found;
  if (!route.methods.includes(request.method)) {
    return refuseRequest("method_not_allowed", { log, allow: route.methods.join(", ") });
  }
  const handled = route.handle(request, context, { info, params });
  if (handled instanceof Response) return handled;
  const response = await waitAtMost(DEADLINE_MS, handled, { setTimer: setDeadline });
  if (response !== undefined) return response;
  log.error("A request took too long", { deadlineMs: DEADLINE_MS });
  return await createFailureAnswers(visit).unavailable();
}

async function answerFailure(error: unknown, visit: Visit): Promise<Response> {
  const { log } = visit.context;
  const { unavailable, bug } = createFailureAnswers(visit);
  if (error instanceof UpstreamError) {
    const { upstream, reason, status } = error;
    log.warn("An upstream failed a request", { upstream, reason, status });
    return await unavailable();
  }
  log.error("A request met a bug", describeError(error));
  return await bug();
}

function createFailureAnswers({ request, requestId, found, context }: Visit): FailureAnswers {
  return found?.route.isPage ? createPages(request, context) : createProblems(requestId);
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
