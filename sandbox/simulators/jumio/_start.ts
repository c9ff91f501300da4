// SPDX-License-Identifier: Apache-2.0
import { answer, problem } from "./_answers.ts";
import type { SimulatedExecution } from "./_execution.ts";
import type { JumioState } from "./_state.ts";

const REFERENCE_FORBIDDEN = /[<>"/;`%{}|]/;

const RATE_WINDOW_MS = 5_000;

const UNIT_MS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** Serves the account API: starts an execution, on a new account or on the given one. */
export async function startExecution(
  request: Request,
  { accountId, state }: { accountId: string | undefined; state: JumioState },
): Promise<Response> {
  const { executions, faults, options: { now, hasWebDomain = true } } = state;
  if (isOverRateLimit(state)) return problem(429, "Too Many Requests", "Request limit exceeded");
  const body = await request.json().catch(() => null);
  const reference = body?.customerInternalReference;
  if (faults.failingReferences.includes(reference)) {
    return problem(faults.failingStatus, "Forced by the test");
  }
  const lifetimeMs = parseLifetime(body?.tokenLifetime ?? "30m");
  if (lifetimeMs === undefined || !isValidStart(body)) return problem(400, "Bad Request");
  const isKnown = executions.some((known) => known.accountId === accountId);
  if (accountId !== undefined && (!isKnown || state.deletedAccounts.has(accountId))) {
    return problem(404, "Not Found");
  }
  const account = faults.ignoresAccount ? undefined : accountId;
  const execution = createExecution(body, { accountId: account, lifetimeMs, state });
  executions.push(execution);
  if (faults.failsAfterStart) return problem(500, "Internal Server Error");
  if (faults.losesNextAnswer) {
    faults.losesNextAnswer = false;
    return problem(504, "Gateway Timeout");
  }
  return answer({
    timestamp: new Date(now()).toISOString(),
    account: { id: execution.accountId },
    ...(hasWebDomain ? { web: { href: execution.href } } : {}),
    ...(faults.webOfStarts === undefined ? {} : { web: faults.webOfStarts }),
    sdk: { token: `sdk-${crypto.randomUUID()}` },
    workflowExecution: { id: execution.id, credentials: [] },
  }, faults);
}

/** Counts the call, unless it is over the limit. */
function isOverRateLimit({ options, recentStarts }: JumioState): boolean {
  const { now, accountsPerFiveSeconds = 5 } = options;
  while ((recentStarts[0] ?? Infinity) <= now() - RATE_WINDOW_MS) recentStarts.shift();
  if (recentStarts.length >= accountsPerFiveSeconds) return true;
  recentStarts.push(now());
  return false;
}

function parseLifetime(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? 0);
}

// deno-lint-ignore no-explicit-any -- a body of any form
function isValidStart(body: any): boolean {
  const reference = body?.customerInternalReference;
  return typeof reference === "string" && reference.length >= 1 &&
    reference.length <= 100 && !REFERENCE_FORBIDDEN.test(reference) &&
    body.workflowDefinition?.key !== undefined &&
    String(body.userReference ?? "").length <= 100 &&
    String(body.callbackUrl ?? "").length <= 255 &&
    [body.web?.successUrl, body.web?.errorUrl].every(isReturnUrl) &&
    String(body.web?.locale ?? "").length <= 5;
}

/** At most 255 characters and no query string: Jumio appends its own. */
function isReturnUrl(url: unknown): boolean {
  return url === undefined || (typeof url === "string" && url.length <= 255 && !url.includes("?"));
}

function createExecution(
  // deno-lint-ignore no-explicit-any -- isValidStart() has checked what matters here
  body: any,
  { accountId, lifetimeMs, state: { options } }: {
    accountId: string | undefined;
    lifetimeMs: number;
    state: JumioState;
  },
): SimulatedExecution {
  const { hosts, now, portalCallbackUrl } = options;
  const linkToken = crypto.randomUUID();
  const href = new URL("/web/client", hosts.web);
  href.searchParams.set("authorizationToken", linkToken);
  href.searchParams.set("locale", body.web?.locale ?? "en");
  return {
    id: crypto.randomUUID(),
    accountId: accountId ?? crypto.randomUUID(),
    customerInternalReference: body.customerInternalReference,
    userReference: body.userReference,
    definitionKey: String(body.workflowDefinition.key),
    callbackUrl: body.callbackUrl ?? portalCallbackUrl,
    successUrl: body.web?.successUrl,
    errorUrl: body.web?.errorUrl,
    locale: body.web?.locale,
    href: href.href,
    linkToken,
    status: "INITIATED",
    decision: undefined,
    createdAt: now(),
    linkExpiresAt: now() + lifetimeMs,
    startedAt: undefined,
    completedAt: undefined,
    deliveries: undefined,
  };
}
