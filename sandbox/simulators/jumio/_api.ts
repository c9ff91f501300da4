// SPDX-License-Identifier: Apache-2.0
import { answer, problem, toDetails, toStatus } from "./_answers.ts";
import type { SimulatedExecution } from "./_execution.ts";
import { startExecution } from "./_start.ts";
import type { JumioFaults, JumioState } from "./_state.ts";
import { hasValidToken, issueToken } from "./_token.ts";

const API_PATH =
  /^\/api\/v1\/accounts(?:\/([^/]+)(?:\/workflow-executions\/([^/]+)(\/status)?)?)?$/;

/** Serves the OAuth2, account and retrieval APIs. */
export async function serveApi(request: Request, state: JumioState): Promise<Response> {
  const { faults, options: { hosts } } = state;
  const url = new URL(request.url);
  const forced = faults.nextStatuses.shift();
  if (forced !== undefined) return problem(forced, "Forced by the test");
  if (faults.isDown) return problem(503, "Service Unavailable");
  if (faults.isRubbish) return new Response("<html>maintenance</html>");
  if ((request.headers.get("user-agent") ?? "").trim() === "") return problem(403, "Forbidden");
  if (url.origin === hosts.auth && url.pathname === "/oauth2/token") {
    return await issueToken(request, state);
  }
  const path = API_PATH.exec(url.pathname);
  const isRead = request.method === "GET" || request.method === "DELETE";
  if (path === null || url.origin !== (isRead ? hosts.retrieval : hosts.account)) {
    return problem(404, "Not Found");
  }
  if (!hasValidToken(request, state)) {
    return problem(401, "Unauthorized", "The provided credentials are invalid");
  }
  const [, accountId, executionId, suffix] = path;
  if (request.method === "POST" && accountId === undefined) {
    return await startExecution(request, { accountId: undefined, state });
  }
  if (request.method === "PUT" && executionId === undefined) {
    return await startExecution(request, { accountId, state });
  }
  if (request.method === "DELETE") return deleteData(state, { accountId, executionId });
  if (request.method === "GET" && accountId !== undefined && executionId !== undefined) {
    return retrieve(state, { accountId, executionId, wantsStatus: suffix !== undefined });
  }
  return problem(404, "Not Found");
}

/** Deletes the data of one execution, or of all executions on the account. */
export function deleteData(
  { executions, deletedExecutions, deletedAccounts }: JumioState,
  { accountId, executionId }: { accountId: string | undefined; executionId: string | undefined },
): Response {
  const ofAccount = executions.filter((execution) => execution.accountId === accountId);
  if (accountId === undefined || ofAccount.length === 0) return problem(404, "Not Found");
  if (executionId === undefined) deletedAccounts.add(accountId);
  for (const { id } of ofAccount) {
    if (executionId === undefined || executionId === id) deletedExecutions.add(id);
  }
  return new Response(null, { status: 200 });
}

function retrieve(
  { options, faults, executions, deletedExecutions }: JumioState,
  { accountId, executionId, wantsStatus }: {
    accountId: string;
    executionId: string;
    wantsStatus: boolean;
  },
): Response {
  const { hosts, now, detailsDelayMs = 0 } = options;
  const execution = executions.findLast(({ id }) => id === executionId);
  if (execution?.accountId !== accountId || deletedExecutions.has(executionId)) {
    return problem(404, "Not Found", "not available");
  }
  const { upperCase } = faults;
  if (wantsStatus) return answer(toStatus(execution, hosts.retrieval), { upperCase });
  const readableAt = (execution.completedAt ?? 0) + detailsDelayMs;
  if (execution.status === "PROCESSED" && now() < readableAt) {
    return problem(404, "Not Found", "not available");
  }
  const fault = execution.status === "PROCESSED" ? faults.details : undefined;
  return fault === undefined
    ? answer(toDetails(execution), { upperCase })
    : answerWrongly(fault, execution);
}

function answerWrongly(
  fault: NonNullable<JumioFaults["details"]>,
  execution: SimulatedExecution,
): Response {
  switch (fault) {
    case "missing":
      return problem(404, "Not Found", "not available");
    case "malformed":
      return new Response("<html>maintenance</html>");
    case "too large":
      return new Response(" ".repeat(1024 * 1024 + 1));
    case "of another account":
      return Response.json(toDetails({ ...execution, accountId: crypto.randomUUID() }));
    case "unfinished":
      return Response.json(toDetails({ ...execution, status: "INITIATED", decision: undefined }));
  }
}
