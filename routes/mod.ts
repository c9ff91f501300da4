// SPDX-License-Identifier: Apache-2.0
import type { Context } from "../lib/context.ts";
import { waitAtMost } from "../lib/deadline.ts";
import type { UpstreamFailure } from "../lib/http/failure.ts";
import type { Handler } from "../lib/http/handler.ts";
import { createMatcher, type PathMatch } from "../lib/http/matcher.ts";
import { createPathReader } from "../lib/http/raw_path.ts";
import { problem, refuse } from "../lib/http/refusal.ts";
import type { Route, RouteAnswer } from "../lib/http/route.ts";
import { describeError, type Log } from "../lib/log.ts";
import { describeCause, findCure } from "../lib/operator/cures.ts";
import { UpstreamError } from "../lib/upstream/error.ts";

/** Longer than any route takes, shorter than the 30 s that Kratos waits. */
const DEADLINE_MS = 10_000;

/** A request that a route answers. */
interface Visit {
  readonly request: Request;
  /** Made when the first log line or answer needs it. */
  readonly requestId: () => string;
  readonly route: Route<Context>;
  /** With the request's own log. */
  readonly context: Context;
}

/**
 * Creates the handler of all requests to these routes: it finds the route, sets the request id and the deadline, and
 * is the only place that turns a thrown error into an answer. No answer has `Retry-After`, because
 * Kratos would obey it.
 */
export function createHandler(context: Context, routes: readonly Route<Context>[]): Handler {
  const findRoutes = createMatcher(routes);
  const readPath = createPathReader();

  return async (request, info, finish) => {
    const path = readPath(request);
    const found = path === undefined ? undefined : findRoutes(path);
    let id: string | undefined;
    const requestId = () => id ??= crypto.randomUUID();
    const endRequest = context.telemetry.watchRequest({
      method: request.method,
      route: found?.path ?? "(unknown)",
    });
    const log = context.log.with(() => ({ requestId: requestId() }));
    const route = found?.routes.get(request.method);
    let answer: RouteAnswer;
    if (found === undefined || route === undefined) {
      answer = refuseUnmatched({ isAddressed: path !== undefined, found, log });
    } else {
      const match = { params: found.params, info };
      const visit = { request, requestId, route, context: { ...context, log } };
      try {
        answer = await waitAtMost(DEADLINE_MS, route.run(request, visit.context, match), {
          setTimer: context.setDeadline,
        }) ?? await answerTooLate(visit);
      } catch (error) {
        answer = await answerError(error, visit);
      }
    }
    const { response, outcome, reason } = answer;
    endRequest({ status: response.status, outcome, reason });
    finish?.(response);
    return response;
  };
}

async function answerTooLate(visit: Visit): Promise<RouteAnswer> {
  visit.context.log.error("A request took too long", { deadlineMs: DEADLINE_MS });
  return { response: await answerFailure(visit, 503), outcome: "failed", reason: "deadline" };
}

async function answerError(error: unknown, visit: Visit): Promise<RouteAnswer> {
  const { log } = visit.context;
  if (error instanceof UpstreamError) {
    const { upstream, reason, code, status } = error;
    log.warn("An upstream failed a request", { upstream, reason, status });
    const failure = { reason: code, status: status ?? null };
    return { response: await answerFailure(visit, 503, failure), outcome: "failed", reason };
  }
  log.error("A request met a bug", describeError(error));
  return { response: await answerFailure(visit, 500), outcome: "failed" };
}

async function answerFailure(
  { request, requestId, route, context }: Visit,
  status: 500 | 503,
  upstream?: UpstreamFailure,
): Promise<Response> {
  if (route.answerFailure !== undefined) {
    return await route.answerFailure({ request, status, upstream }, context);
  }
  if (status === 500) {
    const detail = `The log has details under the request id ${requestId()}`;
    return problem({ status, title: "Internal error", detail });
  }
  const why = upstream === undefined
    ? `The answer was not ready after ${DEADLINE_MS / 1000} s`
    : `${describeCause(upstream)}: ${findCure(upstream).meaning}`;
  return problem({
    status,
    title: "Not available",
    detail: `${why}. Please repeat the request; its id was ${requestId()}`,
    reason: upstream?.reason,
    "upstream_status": upstream?.status ?? undefined,
  });
}

/** Logs at debug, because scanners send many such requests and must not fill the log. */
function refuseUnmatched(
  { isAddressed, found, log }: {
    isAddressed: boolean;
    found: PathMatch<Context> | undefined;
    log: Log;
  },
): RouteAnswer {
  const reason = !isAddressed
    ? "bad_address"
    : found === undefined
    ? "not_found"
    : "method_not_allowed";
  const allow = found === undefined ? undefined : [...found.routes.keys()].join(", ");
  log.debug("No route answers a request", { reason });
  return { response: refuse(reason, { allow }), outcome: "refused", reason };
}
