import { type SimulatedExecution, toDetails, toStatus } from "./_execution.ts";
import type { JumioFaults, JumioSimulatorOptions } from "./simulator.ts";

const TOKEN_LIFETIME_S = 3600;

const REFERENCE_FORBIDDEN = /[<>"/;`%{}|]/;

const API_PATH =
  /^\/api\/v1\/accounts(?:\/([^/]+)(?:\/workflow-executions\/([^/]+)(\/status)?)?)?$/;

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** What the APIs of a simulator share with its pages and its controls. */
interface JumioApiOptions extends JumioSimulatorOptions {
  readonly faults: JumioFaults;
  readonly executions: SimulatedExecution[];
  /** Access tokens, with when they end. */
  readonly tokens: Map<string, number>;
}

/** Creates the OAuth2, account and retrieval APIs. */
export function createJumioApi(
  {
    hosts,
    now,
    clientId,
    clientSecret,
    portalCallbackUrl,
    accountsPerFiveSeconds = 5,
    detailsDelayMs = 0,
    hasWebDomain = true,
    faults,
    executions,
    tokens,
  }: JumioApiOptions,
): (request: Request, url: URL) => Promise<Response> {
  const deleted = new Set<string>();
  const starts: number[] = [];

  async function issueToken(request: Request): Promise<Response> {
    const credentials = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;
    const form = new URLSearchParams(await request.text());
    if (request.method !== "POST" || form.get("grant_type") !== "client_credentials") {
      return problem(400, "Bad Request");
    }
    if (request.headers.get("authorization") !== credentials) return problem(401, "Unauthorized");
    const iat = Math.floor(now() / 1000);
    const claims = { iat, exp: iat + TOKEN_LIFETIME_S, jti: crypto.randomUUID() };
    const payload = new TextEncoder().encode(JSON.stringify(claims));
    const token = `e30.${payload.toBase64({ alphabet: "base64url", omitPadding: true })}.x`;
    tokens.set(token, claims.exp * 1000);
    return Response.json({
      "access_token": token,
      "expires_in": TOKEN_LIFETIME_S,
      "token_type": "Bearer",
    });
  }

  async function start(request: Request, accountId: string | undefined): Promise<Response> {
    while ((starts[0] ?? Infinity) <= now() - 5_000) starts.shift();
    if (starts.length >= accountsPerFiveSeconds) {
      return problem(429, "Too Many Requests", "Request limit exceeded");
    }
    starts.push(now());
    const body = await request.json().catch(() => null);
    const reference = body?.customerInternalReference;
    if (reference !== undefined && reference === faults.failingReference) {
      return problem(500, "Internal Server Error");
    }
    const lifetime = /^(\d+)([smhd])$/.exec(body?.tokenLifetime ?? "30m");
    const isGood = typeof reference === "string" && reference.length >= 1 &&
      reference.length <= 100 && !REFERENCE_FORBIDDEN.test(reference) && lifetime !== null &&
      body?.workflowDefinition?.key !== undefined &&
      String(body?.userReference ?? "").length <= 100 &&
      String(body?.callbackUrl ?? "").length <= 255 &&
      [body?.web?.successUrl, body?.web?.errorUrl].every(isReturnUrl) &&
      String(body?.web?.locale ?? "").length <= 5;
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
      callbackUrl: body.callbackUrl ?? portalCallbackUrl,
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
      if (executionId === undefined || executionId === id) deleted.add(id);
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
    const execution = executions.findLast(({ id }) => id === executionId);
    if (execution?.accountId !== accountId || deleted.has(executionId)) {
      return problem(404, "Not Found", "not available");
    }
    if (wantsStatus) return Response.json(toStatus(execution, hosts.retrieval));
    const readableAt = (execution.completedAt ?? 0) + detailsDelayMs;
    if (execution.status === "PROCESSED" && now() < readableAt) {
      return problem(404, "Not Found", "not available");
    }
    return Response.json(toDetails(execution));
  }

  return async (request, url) => {
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
  };
}

/** At most 255 characters, and no query: Jumio adds its own. */
function isReturnUrl(url: unknown): boolean {
  return url === undefined || (typeof url === "string" && url.length <= 255 && !url.includes("?"));
}

function problem(status: number, title: string, detail = title): Response {
  return Response.json({ title, status, detail }, { status });
}
