import { pause } from "../call.ts";
import { createJumioApi } from "./_api.ts";
import { type CallbackOptions, createCallbackSender, type Delivery } from "./_callbacks.ts";
import { expireExecution, type SimulatedExecution } from "./_execution.ts";
import { renderEndPage, renderOutcomePage } from "./_pages.ts";

export type { SimulatedExecution } from "./_execution.ts";

/** How a person's visit to Jumio ends. */
export const OUTCOMES = [
  "passed",
  "warning",
  "rejected",
  "inconclusive",
  "abandoned",
  "link_expired",
] as const;

export type Outcome = typeof OUTCOMES[number];

/** What can go wrong at Jumio. A test or the sandbox's page changes it while the simulator runs. */
export interface JumioFaults {
  /** Every API call answers 503. */
  isDown: boolean;
  /** Every API answer comes this much later. */
  slowMs: number;
  /** Every API call answers 200 with a page that is not JSON. */
  isRubbish: boolean;
  /**
   * What becomes of callbacks. Held ones go out newest first, by `releaseCallbacks`; unsigned ones
   * go to the address without its token; forged ones have a signature by somebody else.
   */
  callbacks: "deliver" | "drop" | "repeat" | "hold" | "unsigned" | "forged";
  /** The next create call is done, but its answer is lost. */
  losesNextAnswer: boolean;
  /** The next API calls answer with these statuses. */
  nextStatuses: number[];
  /** Every create call for this reference answers 500. */
  failingReference: string | undefined;
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

const SESSION_MS = 15 * 60_000;

/** Creates a simulator with a memory of its own. */
export function createJumioSimulator(options: JumioSimulatorOptions): JumioSimulator {
  const { hosts, now } = options;
  const faults: JumioFaults = {
    isDown: false,
    slowMs: 0,
    isRubbish: false,
    callbacks: "deliver",
    losesNextAnswer: false,
    nextStatuses: [],
    failingReference: undefined,
  };
  const executions: SimulatedExecution[] = [];
  const calls: { method: string; path: string; status: number }[] = [];
  const tokens = new Map<string, number>();
  const serveApi = createJumioApi({ ...options, faults, executions, tokens });
  const callbacks = createCallbackSender({ ...options, faults });

  async function serve(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.origin === hosts.web && url.pathname === "/web/client") return await serveWeb(request);
    await pause(faults.slowMs, request);
    const response = await serveApi(request, url);
    calls.push({ method: request.method, path: url.pathname, status: response.status });
    return response;
  }

  async function serveWeb(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const token = url.searchParams.get("authorizationToken");
    const execution = executions.findLast(({ linkToken }) => linkToken === token);
    const isAlive = execution !== undefined && execution.completedAt === undefined &&
      execution.linkExpiresAt > now();
    if (!isAlive) return renderEndPage(410, "This link has expired (error 9200)", options.homeUrl);
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
      const text = "You are done here. You can close this page.";
      return renderEndPage(200, text, options.homeUrl);
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
    // From the end: whoever has thousands, as the bench does, looks for one of the newest.
    const execution = executions.findLast(({ id }) => id === workflowExecutionId);
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
