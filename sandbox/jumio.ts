import { type ObservedCall, pause } from "./_calls.ts";
import { type CallbackOptions, createCallbackSender, type Delivery } from "./_jumio_callbacks.ts";
import {
  expireExecution,
  type SimulatedExecution,
  toDetails,
  toStatus,
} from "./_jumio_execution.ts";
import { renderEndPage, renderOutcomePage } from "./_jumio_pages.ts";

export type { SimulatedExecution } from "./_jumio_execution.ts";

/** How a person's visit to Jumio ends. */
export const OUTCOMES = [
  "passed",
  "warning",
  "rejected",
  "inconclusive",
  "abandoned",
  "link_expired",
] as const;

/** One of {@linkcode OUTCOMES}. */
export type Outcome = typeof OUTCOMES[number];

/** What can go wrong at Jumio. A test or the sandbox's page changes it while the simulator runs. */
export interface JumioFaults {
  /** Every API call answers 503. */
  isDown: boolean;
  /** Every API answer comes this much later. */
  slowMs: number;
  /** Every API call answers 200 with a page that is not JSON. */
  isRubbish: boolean;
  /** What becomes of callbacks. Held ones go out newest first, by `releaseCallbacks`. */
  callbacks: "deliver" | "drop" | "repeat" | "hold";
  /** The next create call is done, but its answer is lost. */
  losesNextAnswer: boolean;
  /** The next API calls answer with these statuses. */
  nextStatuses: number[];
}

/** Settings of a simulator. */
export interface JumioSimulatorOptions {
  /** One origin a purpose, as Jumio has them; or one for all, on loopback. */
  readonly hosts: { auth: string; account: string; retrieval: string; web: string };
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Signs callbacks, which Jumio itself does not. */
  readonly signCallbacksWith?: string;
  /** Where callbacks go when the request names no address. */
  readonly portalCallbackUrl?: string;
  /** @default {5} in any five seconds, Jumio's present limit */
  readonly accountsPerFiveSeconds?: number;
  /** How long details are 404 after the execution was processed. @default {0} */
  readonly detailsDelayMs?: number;
  /** Without a web domain in Jumio's portal there is no web link. @default {true} */
  readonly hasWebDomain?: boolean;
  /** Where the pretend page leads back to, when the account names nothing. */
  readonly homeUrl?: string;
  readonly onCall?: (call: ObservedCall) => void;
}

/** A simulator of the part of Jumio that the service meets. */
export interface JumioSimulator {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly faults: JumioFaults;
  readonly executions: readonly SimulatedExecution[];
  /** What was asked of the APIs, in order: method, path and status. */
  readonly calls: readonly { method: string; path: string; status: number }[];
  /** Ends an execution as the person would have, and calls back. */
  finish(workflowExecutionId: string, outcome: Outcome): Promise<readonly Delivery[]>;
  /** Calls back by hand: again, with another status, signed otherwise, to another address. */
  sendCallback(workflowExecutionId: string, options?: CallbackOptions): Promise<Delivery>;
  releaseCallbacks(): Promise<readonly Delivery[]>;
  /** Expires what is overdue, and calls back. */
  tick(): Promise<void>;
  revokeTokens(): void;
}

const TOKEN_LIFETIME_S = 3600;
const SESSION_MS = 15 * 60_000;
const REFERENCE_FORBIDDEN = /[<>"/;`%{}|]/;
const API_PATH =
  /^\/api\/v1\/accounts(?:\/([^/]+)(?:\/workflow-executions\/([^/]+)(\/status)?)?)?$/;
const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** Creates a simulator with a memory of its own. */
export function createJumioSimulator(options: JumioSimulatorOptions): JumioSimulator {
  const { hosts, now, accountsPerFiveSeconds = 5, detailsDelayMs = 0, hasWebDomain = true } =
    options;
  const faults: JumioFaults = {
    isDown: false,
    slowMs: 0,
    isRubbish: false,
    callbacks: "deliver",
    losesNextAnswer: false,
    nextStatuses: [],
  };
  const executions: SimulatedExecution[] = [];
  const deletedAccounts = new Set<string>();
  const calls: { method: string; path: string; status: number }[] = [];
  const tokens = new Map<string, number>();
  const starts: number[] = [];
  const callbacks = createCallbackSender({ ...options, faults });

  async function serve(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.origin === hosts.web && url.pathname === "/web/client") return await serveWeb(request);
    const startedAt = now();
    await pause(faults.slowMs, request.signal);
    const response = await serveApi(request, url);
    const { method } = request;
    calls.push({ method, path: url.pathname, status: response.status });
    const durationMs = now() - startedAt;
    const { pathname: path } = url;
    options.onCall?.({
      from: "service",
      to: "jumio",
      method,
      path,
      status: response.status,
      startedAt,
      durationMs,
    });
    return response;
  }

  async function serveApi(request: Request, url: URL): Promise<Response> {
    const forced = faults.nextStatuses.shift();
    if (forced !== undefined) return problem(forced, "Forced by the test");
    if (faults.isDown) return problem(503, "Service Unavailable");
    if (faults.isRubbish) return new Response("<html>maintenance</html>");
    if ((request.headers.get("user-agent") ?? "").trim() === "") return problem(403, "Forbidden");
    if (url.origin === hosts.auth && url.pathname === "/oauth2/token") {
      return await issueToken(request);
    }
    const path = API_PATH.exec(url.pathname);
    const isRead = request.method === "GET" || request.method === "DELETE";
    if (path === null || url.origin !== (isRead ? hosts.retrieval : hosts.account)) {
      return problem(404, "Not Found");
    }
    const bearer = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    if ((tokens.get(bearer) ?? 0) <= now()) {
      return problem(401, "Unauthorized", "The provided credentials are invalid");
    }
    const [, accountId, executionId, suffix] = path;
    if (request.method === "POST" && accountId === undefined) {
      return await start(request, undefined);
    }
    if (request.method === "PUT" && executionId === undefined) {
      return await start(request, accountId);
    }
    if (request.method === "DELETE") return deleteAccount(accountId, executionId);
    if (request.method === "GET" && accountId !== undefined && executionId !== undefined) {
      return retrieve({ accountId, executionId, wantsStatus: suffix !== undefined });
    }
    return problem(404, "Not Found");
  }

  async function issueToken(request: Request): Promise<Response> {
    const credentials = `Basic ${btoa(`${options.clientId}:${options.clientSecret}`)}`;
    const form = new URLSearchParams(await request.text());
    if (request.method !== "POST" || form.get("grant_type") !== "client_credentials") {
      return problem(400, "Bad Request");
    }
    if (request.headers.get("authorization") !== credentials) return problem(401, "Unauthorized");
    const iat = Math.floor(now() / 1000);
    const claims = { iat, exp: iat + TOKEN_LIFETIME_S, jti: crypto.randomUUID() };
    const token = `e30.${btoa(JSON.stringify(claims)).replaceAll("=", "")}.x`;
    tokens.set(token, claims.exp * 1000);
    return Response.json({
      "access_token": token,
      "expires_in": TOKEN_LIFETIME_S,
      "token_type": "Bearer",
    });
  }

  async function start(request: Request, accountId: string | undefined): Promise<Response> {
    const recent = starts.filter((at) => at > now() - 5_000);
    if (recent.length >= accountsPerFiveSeconds) {
      return problem(429, "Too Many Requests", "Request limit exceeded");
    }
    starts.push(now());
    const body = await request.json().catch(() => null);
    const reference = body?.customerInternalReference;
    const lifetime = /^(\d+)([smhd])$/.exec(body?.tokenLifetime ?? "30m");
    const isGood = typeof reference === "string" && reference.length >= 1 &&
      reference.length <= 100 && !REFERENCE_FORBIDDEN.test(reference) && lifetime !== null &&
      body?.workflowDefinition?.key !== undefined &&
      String(body?.userReference ?? "").length <= 100 &&
      String(body?.callbackUrl ?? "").length <= 255;
    if (!isGood) return problem(400, "Bad Request");
    if (accountId !== undefined && !executions.some((known) => known.accountId === accountId)) {
      return problem(404, "Not Found");
    }
    const execution = createExecution(body, { accountId, lifetime });
    executions.push(execution);
    if (faults.losesNextAnswer) {
      faults.losesNextAnswer = false;
      return problem(504, "Gateway Timeout");
    }
    return Response.json({
      timestamp: new Date(now()).toISOString(),
      account: { id: execution.accountId },
      ...(hasWebDomain ? { web: { href: execution.href } } : {}),
      sdk: { token: `sdk-${crypto.randomUUID()}` },
      workflowExecution: { id: execution.id, credentials: [] },
    });
  }

  function createExecution(
    // deno-lint-ignore no-explicit-any -- checked by start() as far as it matters here
    body: any,
    { accountId, lifetime }: { accountId: string | undefined; lifetime: RegExpExecArray },
  ): SimulatedExecution {
    const linkToken = crypto.randomUUID();
    const href = new URL("/web/client", hosts.web);
    href.searchParams.set("authorizationToken", linkToken);
    href.searchParams.set("locale", body.web?.locale ?? "en");
    const lifetimeMs = Number(lifetime[1]) * (UNITS[lifetime[2] ?? ""] ?? 0);
    return {
      id: crypto.randomUUID(),
      accountId: accountId ?? crypto.randomUUID(),
      customerInternalReference: body.customerInternalReference,
      userReference: body.userReference,
      definitionKey: String(body.workflowDefinition.key),
      callbackUrl: body.callbackUrl ?? options.portalCallbackUrl,
      successUrl: body.web?.successUrl,
      errorUrl: body.web?.errorUrl,
      href: href.href,
      linkToken,
      status: "INITIATED",
      decision: undefined,
      createdAt: now(),
      linkExpiresAt: now() + lifetimeMs,
      startedAt: undefined,
      completedAt: undefined,
    };
  }

  function deleteAccount(accountId: string | undefined, executionId: string | undefined): Response {
    const ofAccount = executions.filter((execution) => execution.accountId === accountId);
    if (ofAccount.length === 0) return problem(404, "Not Found");
    for (const { id } of ofAccount) {
      if (executionId === undefined || executionId === id) deletedAccounts.add(id);
    }
    return new Response(null, { status: 200 });
  }

  function retrieve(
    { accountId, executionId, wantsStatus }: {
      accountId: string;
      executionId: string;
      wantsStatus: boolean;
    },
  ): Response {
    const execution = executions.find(({ id }) => id === executionId);
    if (execution?.accountId !== accountId || deletedAccounts.has(executionId)) {
      return problem(404, "Not Found", "not available");
    }
    if (wantsStatus) return Response.json(toStatus(execution, hosts.retrieval));
    const readableAt = (execution.completedAt ?? 0) + detailsDelayMs;
    if (execution.status === "PROCESSED" && now() < readableAt) {
      return problem(404, "Not Found", "not available");
    }
    return Response.json(toDetails(execution));
  }

  async function serveWeb(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const token = url.searchParams.get("authorizationToken");
    const execution = executions.find(({ linkToken }) => linkToken === token);
    const isAlive = execution !== undefined && execution.completedAt === undefined &&
      execution.linkExpiresAt > now();
    if (!isAlive) return renderEndPage(410, "This link has expired (error 9200)");
    if (request.method === "GET") {
      execution.startedAt ??= now();
      if (execution.status === "INITIATED") execution.status = "ACQUISITION_STARTED";
      return renderOutcomePage(url.pathname + url.search);
    }
    const form = await request.formData();
    const outcome = OUTCOMES.find((known) => known === form.get("outcome"));
    if (outcome === undefined) return renderEndPage(400, "Unknown outcome");
    await finish(execution.id, outcome);
    const isError = outcome === "abandoned" || outcome === "link_expired";
    const next = isError ? execution.errorUrl : execution.successUrl;
    if (next === undefined) {
      return renderEndPage(200, "You are done here. You can close this page.");
    }
    const target = new URL(next);
    target.searchParams.set("accountId", execution.accountId);
    target.searchParams.set("workflowExecutionId", execution.id);
    target.searchParams.set("acquisitionStatus", isError ? "ERROR" : "SUCCESS");
    target.searchParams.set("customerInternalReference", execution.customerInternalReference);
    if (isError) target.searchParams.set("errorCode", outcome === "abandoned" ? "9210" : "9200");
    return new Response(null, { status: 303, headers: { location: target.href } });
  }

  function find(workflowExecutionId: string): SimulatedExecution {
    const execution = executions.find(({ id }) => id === workflowExecutionId);
    if (execution === undefined) throw new Error("Cannot find this execution in the simulator");
    return execution;
  }

  async function finish(
    workflowExecutionId: string,
    outcome: Outcome,
  ): Promise<readonly Delivery[]> {
    const execution = find(workflowExecutionId);
    const decisions = {
      passed: { type: "PASSED", label: "PASSED", score: 12 },
      warning: { type: "WARNING", label: "WARNING", score: 55 },
      rejected: { type: "REJECTED", label: "REJECTED", score: 100 },
      inconclusive: { type: "NOT_EXECUTED", label: "TECHNICAL_ERROR", score: -1 },
    };
    execution.completedAt = now();
    if (outcome === "abandoned" || outcome === "link_expired") {
      const status = outcome === "abandoned" ? "SESSION_EXPIRED" : "TOKEN_EXPIRED";
      expireExecution(execution, { status, at: now() });
    } else {
      execution.status = "PROCESSED";
      execution.decision = decisions[outcome];
    }
    return await callbacks.announce(execution);
  }

  return {
    fetch: serve,
    faults,
    executions,
    calls,
    finish,
    sendCallback: (id, callbackOptions) => callbacks.send(find(id), callbackOptions),
    releaseCallbacks: () => callbacks.release(),
    async tick() {
      for (const execution of executions.filter(({ completedAt }) => completedAt === undefined)) {
        const { startedAt, linkExpiresAt } = execution;
        const isAbandoned = startedAt !== undefined && startedAt + SESSION_MS <= now();
        if (isAbandoned) await finish(execution.id, "abandoned");
        else if (linkExpiresAt <= now()) await finish(execution.id, "link_expired");
      }
    },
    revokeTokens: () => tokens.clear(),
  };
}

function problem(status: number, title: string, detail = title): Response {
  return Response.json({ title, status, detail }, { status });
}
