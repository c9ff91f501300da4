import type { OperatorHandler } from "./_api.ts";
import {
  operatorDecide,
  operatorErase,
  operatorReconcile,
  operatorRefresh,
  operatorRestart,
  operatorStart,
  operatorStartMissing,
} from "./changes.ts";
import {
  operatorDiscardDeadLetter,
  operatorListDeadLetters,
  operatorReplayDeadLetter,
  operatorShowDeadLetter,
} from "./dead_letters.ts";
import { operatorPage, operatorReplay, operatorSignIn, operatorSignOut } from "./page.ts";
import { operatorStatus } from "./status.ts";
import {
  operatorListVerifications,
  operatorShowTimeline,
  operatorShowVerification,
} from "./verifications.ts";

/** A path of the operator API. What stands in braces varies: no part of it holds a slash. */
export interface OperatorRoute {
  readonly path: string;
  readonly methods: readonly string[];
  readonly handle: OperatorHandler;
}

/** Everything under `/operator/`. */
export const OPERATOR_ROUTES: readonly OperatorRoute[] = [
  get("/operator/", operatorPage),
  post("/operator/sign-in", operatorSignIn),
  post("/operator/sign-out", operatorSignOut),
  post("/operator/replay", operatorReplay),
  get("/operator/status", operatorStatus),
  get("/operator/verifications", operatorListVerifications),
  get("/operator/verifications/{id}", operatorShowVerification),
  get("/operator/verifications/{id}/timeline", operatorShowTimeline),
  post("/operator/verifications/{id}/start", operatorStart),
  post("/operator/verifications/{id}/refresh", operatorRefresh),
  post("/operator/verifications/{id}/restart", operatorRestart),
  post("/operator/verifications/{id}/decide", operatorDecide),
  post("/operator/verifications/{id}/erase", operatorErase),
  post("/operator/start-missing", operatorStartMissing),
  post("/operator/reconcile", operatorReconcile),
  get("/operator/dead-letters", operatorListDeadLetters),
  get("/operator/dead-letters/{kind}/{id}", operatorShowDeadLetter),
  post("/operator/dead-letters/{kind}/{id}/replay", operatorReplayDeadLetter),
  post("/operator/dead-letters/{kind}/{id}/discard", operatorDiscardDeadLetter),
];

const PATTERNS = OPERATOR_ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, "([\\w-]{1,64})")}$`),
}));

/** The route of a path, and what stands in it where it varies. */
export function findOperatorRoute(
  pathname: string,
): { route: OperatorRoute; params: readonly string[] } | undefined {
  for (const { route, pattern } of PATTERNS) {
    const match = pattern.exec(pathname);
    if (match !== null) return { route, params: match.slice(1) };
  }
  return undefined;
}

function get(path: string, handle: OperatorHandler): OperatorRoute {
  return { path, methods: ["GET", "HEAD"], handle };
}

function post(path: string, handle: OperatorHandler): OperatorRoute {
  return { path, methods: ["POST"], handle };
}
