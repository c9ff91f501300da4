import * as z from "zod";
import type { Operation } from "../../lib/http/openapi.ts";
import type { OperatorEndpoint, OperatorHandler } from "./api/_endpoint.ts";
import {
  operatorDecide,
  operatorErase,
  operatorReconcile,
  operatorRefresh,
  operatorRestart,
  operatorStart,
  operatorStartMissing,
} from "./api/changes.ts";
import {
  operatorDiscardDeadLetter,
  operatorListDeadLetters,
  operatorReplayDeadLetter,
  operatorShowDeadLetter,
} from "./api/dead_letters.ts";
import { PAGE_ENDPOINTS } from "./page/page.ts";
import { operatorStatus } from "./api/status.ts";
import {
  operatorListVerifications,
  operatorShowTimeline,
  operatorShowVerification,
} from "./api/verifications.ts";

/** A path of the operator API. What stands in braces varies: no part of it holds a slash. */
export interface OperatorRoute {
  readonly path: string;
  readonly methods: readonly string[];
  readonly handle: OperatorHandler;
  readonly describe: () => Readonly<Record<string, Operation>>;
}

const PARAMETERS: Readonly<Record<string, string>> = {
  id: "The id of an identity, or of one of its executions",
  kind: "start, read, write or erase",
};

/** Everything under `/operator/`. */
export const OPERATOR_ROUTES: readonly OperatorRoute[] = [
  get("/operator/", PAGE_ENDPOINTS.page),
  post("/operator/sign-in", PAGE_ENDPOINTS.signIn),
  post("/operator/sign-out", PAGE_ENDPOINTS.signOut),
  post("/operator/replay", PAGE_ENDPOINTS.replay),
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

const PATTERNS = OPERATOR_ROUTES.map(({ path }) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "([\\w-]{1,64})")}$`),
}));

/** The route that a path is one of, and what stands in it where it varies. */
export function findOperatorRoute(
  pathname: string,
): { path: string; params: readonly string[] } | undefined {
  for (const { path, pattern } of PATTERNS) {
    const match = pattern.exec(pathname);
    if (match !== null) return { path, params: match.slice(1) };
  }
  return undefined;
}

function get(path: string, endpoint: OperatorEndpoint): OperatorRoute {
  const { handle } = endpoint;
  const describe = () => ({ GET: withPathParameters(path, endpoint.describe()) });
  return { path, methods: ["GET", "HEAD"], handle, describe };
}

function post(path: string, endpoint: OperatorEndpoint): OperatorRoute {
  const { handle } = endpoint;
  const describe = () => ({ POST: withPathParameters(path, endpoint.describe()) });
  return { path, methods: ["POST"], handle, describe };
}

function withPathParameters(path: string, operation: Operation): Operation {
  const own = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path" as const,
    description: PARAMETERS[name] ?? "",
    schema: z.string().regex(/^[\w-]{1,64}$/),
  }));
  return { ...operation, parameters: [...own, ...operation.parameters ?? []] };
}
