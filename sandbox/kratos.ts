import * as z from "zod";
import { pause } from "./_calls.ts";
import {
  type HookOptions,
  type HookResult,
  isBeforeStoring,
  type KratosMessage,
  runHooks,
} from "./_kratos_hooks.ts";
import { applyPatch } from "./_kratos_patch.ts";
import type { OryActions, OryHook } from "./ory_actions.ts";

export type { KratosMessage } from "./_kratos_hooks.ts";

/** An identity as the simulator keeps it. */
export interface SimulatedIdentity {
  readonly id: string;
  readonly "schema_id": string;
  state: string;
  traits: { email: string };
  "metadata_public": unknown;
  "metadata_admin": unknown;
  readonly "created_at": string;
  "updated_at": string;
}

/** What can go wrong at Kratos. A test or the sandbox's page changes it at any time. */
export interface KratosFaults {
  /** Every admin call answers 503. */
  isAdminDown: boolean;
  adminSlowMs: number;
  /** The next admin calls answer with these statuses. */
  nextStatuses: number[];
  /** The next PATCH is undone at once by another writer, who puts the whole row back. */
  losesNextPatch: boolean;
}

/** Settings of a simulator. */
export interface KratosSimulatorOptions extends HookOptions {
  readonly actions: OryActions;
  /** The address of the public API, for the `action` of flows. */
  readonly publicUrl: string;
  /** Then admin calls need it as their Bearer. */
  readonly apiKey?: string;
  /** Whether a `session` hook stands after ours at registration. @default {true} */
  readonly hasSessionHook?: boolean;
}

/** A simulator of the part of Kratos that the service meets. */
export interface KratosSimulator {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly faults: KratosFaults;
  readonly identities: ReadonlyMap<string, SimulatedIdentity>;
  /** What was asked of the admin API, in order. */
  readonly calls: readonly { method: string; path: string; status: number }[];
  /** Replaces the hooks, as an operator who changes the configuration. */
  configure(actions: OryActions): void;
}

interface Flow {
  readonly id: string;
  readonly name: "registration" | "login" | "recovery";
  readonly identityId?: string;
  readonly code?: string;
  messages: readonly KratosMessage[];
}

const ZERO_ID = "00000000-0000-0000-0000-000000000000";
const IDENTITY_PATH = /^\/admin\/identities\/([^/]+)(\/sessions)?$/;

const Registration = z.object({
  method: z.string(),
  password: z.string().min(8),
  traits: z.object({ email: z.string().includes("@") }),
});
const Login = z.object({ method: z.string(), identifier: z.string(), password: z.string() });

/** Creates a simulator with a memory of its own. */
export function createKratosSimulator(options: KratosSimulatorOptions): KratosSimulator {
  const { publicUrl, apiKey, now, hasSessionHook = true } = options;
  let { actions } = options;
  const faults: KratosFaults = {
    isAdminDown: false,
    adminSlowMs: 0,
    nextStatuses: [],
    losesNextPatch: false,
  };
  const identities = new Map<string, SimulatedIdentity>();
  const passwords = new Map<string, string>();
  const sessions = new Map<string, string>();
  const flows = new Map<string, Flow>();
  const calls: { method: string; path: string; status: number }[] = [];

  async function serve(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/health/ready" || pathname === "/admin/health/ready") {
      return Response.json({ status: "ok" });
    }
    if (pathname.startsWith("/admin/")) {
      const startedAt = now();
      const response = await serveAdmin(request);
      const { method } = request;
      calls.push({ method, path: pathname, status: response.status });
      const durationMs = now() - startedAt;
      const { status } = response;
      options.onCall?.({
        from: "service",
        to: "kratos",
        method,
        path: pathname,
        status,
        startedAt,
        durationMs,
      });
      return response;
    }
    const flow = flows.get(searchParams.get("flow") ?? searchParams.get("id") ?? "");
    switch (`${request.method} ${pathname}`) {
      case "GET /self-service/registration/api":
        return Response.json(describeFlow(createFlow("registration")));
      case "GET /self-service/login/api":
        return Response.json(describeFlow(createFlow("login")));
      case "GET /self-service/recovery/flows":
        return flow === undefined ? error(404) : Response.json(describeFlow(flow));
      case "POST /self-service/registration":
        return flow === undefined ? error(404) : await register(request, flow);
      case "POST /self-service/login":
        return flow === undefined ? error(404) : await login(request, flow);
      case "POST /self-service/recovery":
        return flow === undefined ? error(404) : await recover(request, flow);
      case "GET /sessions/whoami":
        return whoami(request);
      default:
        return error(404);
    }
  }

  async function register(request: Request, flow: Flow): Promise<Response> {
    const form = Registration.safeParse(await request.json());
    if (!form.success) return refuseForm(flow, { id: 4000002, text: "A field is missing" });
    const { traits, password, method } = form.data;
    const list = hooksOf("registration", method);
    const identity = createIdentity(traits);
    const early = list.filter(isBeforeStoring);
    const unstored = await runHooks(early, {
      ctx: contextOf({ ...identity, id: ZERO_ID }, flow),
      options,
    });
    if (unstored.kind !== "continue") return refuseHook(flow, unstored);
    if ([...identities.values()].some((known) => known.traits.email === traits.email)) {
      const text =
        "An account with the same identifier (email, phone, username, ...) exists already.";
      return refuseForm(flow, { id: 4000007, text });
    }
    identities.set(identity.id, identity);
    passwords.set(identity.id, password);
    // As Kratos does, the answer has the identity as it was before the hook.
    const stored = structuredClone(toPublic(identity));
    const late = list.filter((hook) => !isBeforeStoring(hook));
    const result = await runHooks(late, { ctx: contextOf(identity, flow), options });
    // The identity is kept: only what would have come after the hook is left out.
    if (result.kind !== "continue") return refuseHook(flow, result);
    const session = hasSessionHook ? createSession(identity) : {};
    return Response.json({ identity: stored, ...session });
  }

  async function login(request: Request, flow: Flow): Promise<Response> {
    const form = Login.safeParse(await request.json());
    const identity = [...identities.values()]
      .find(({ traits }) => traits.email === form.data?.identifier);
    if (identity === undefined || passwords.get(identity.id) !== form.data?.password) {
      const text = "The provided credentials are invalid, check for spelling mistakes.";
      return refuseForm(flow, { id: 4000006, text });
    }
    const list = hooksOf("login", form.data?.method ?? "");
    const result = await runHooks(list, { ctx: contextOf(identity, flow), options });
    if (result.kind !== "continue") return refuseHook(flow, result);
    return Response.json(createSession(identity));
  }

  async function recover(request: Request, flow: Flow): Promise<Response> {
    const form = new URLSearchParams(await request.text());
    const identity = identities.get(flow.identityId ?? "");
    const failed = (messages: readonly KratosMessage[]) => {
      const next = createFlow("recovery", { messages });
      return redirect(`${publicUrl}/recovery?flow=${next.id}`);
    };
    if (identity === undefined || form.get("code") !== flow.code) {
      return failed([{ id: 4060006, text: "The recovery code is invalid.", type: "error" }]);
    }
    const { hooks = [] } = actions.selfservice.flows.recovery.after;
    const result = await runHooks(hooks, { ctx: contextOf(identity, flow), options });
    if (result.kind === "refused") return failed(result.messages);
    if (result.kind === "failed") return redirect(`${publicUrl}/error`);
    const { "session_token": token } = createSession(identity);
    return redirect(`${publicUrl}/settings`, {
      "set-cookie": `ory_kratos_session=${token}; HttpOnly`,
    });
  }

  function whoami(request: Request): Response {
    const cookie = /ory_kratos_session=([^;]+)/.exec(request.headers.get("cookie") ?? "")?.[1];
    const token = request.headers.get("x-session-token") ?? cookie ?? "";
    const identity = identities.get(sessions.get(token) ?? "");
    if (identity === undefined || identity.state !== "active") return error(401);
    return Response.json({ active: true, identity: toPublic(identity) });
  }

  async function serveAdmin(request: Request): Promise<Response> {
    await pause(faults.adminSlowMs, request.signal);
    const forced = faults.nextStatuses.shift();
    if (forced !== undefined) return error(forced, { "x-ratelimit-reset": "1" });
    if (faults.isAdminDown) return error(503);
    if (apiKey !== undefined && request.headers.get("authorization") !== `Bearer ${apiKey}`) {
      return error(401);
    }
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === "POST" && pathname === "/admin/recovery/code") {
      return createRecovery(z.object({ "identity_id": z.string() }).parse(await request.json()));
    }
    if (request.method === "GET" && pathname === "/admin/identities") {
      const ids = searchParams.getAll("ids");
      const found = [...identities.values()].filter(({ id }) =>
        ids.length === 0 || ids.includes(id)
      );
      return Response.json(found);
    }
    const [, id = "", suffix] = IDENTITY_PATH.exec(pathname) ?? [];
    const identity = identities.get(id);
    if (identity === undefined) return error(404);
    switch (`${request.method}${suffix ?? ""}`) {
      case "GET":
        return Response.json(identity);
      case "PATCH":
        return patch(identity, await request.json().catch(() => undefined));
      case "DELETE":
        identities.delete(id);
        return new Response(null, { status: 204 });
      case "DELETE/sessions": {
        const own = [...sessions].filter(([, identityId]) => identityId === id);
        for (const [token] of own) sessions.delete(token);
        return own.length === 0 ? error(404) : new Response(null, { status: 204 });
      }
      default:
        return error(405);
    }
  }

  function patch(identity: SimulatedIdentity, operations: unknown): Response {
    const patched = applyPatch({ ...identity }, operations);
    if (patched === undefined) return error(400);
    // The same fields, of which a patch may have replaced some.
    const next = { ...patched, "updated_at": timestamp() } as unknown as SimulatedIdentity;
    if (!faults.losesNextPatch) identities.set(identity.id, next);
    faults.losesNextPatch = false;
    return Response.json(next);
  }

  function createRecovery({ identity_id: identityId }: { "identity_id": string }): Response {
    if (!identities.has(identityId)) return error(404);
    const code = String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0).slice(-6).padStart(
      6,
      "0",
    );
    const flow = createFlow("recovery", { identityId, code });
    return Response.json({
      "recovery_link": `${publicUrl}/recovery?flow=${flow.id}`,
      "recovery_code": code,
    }, { status: 201 });
  }

  function hooksOf(flow: "registration" | "login", method: string): readonly OryHook[] {
    const { after } = actions.selfservice.flows[flow];
    const own = Object.entries(after).find(([name]) => name === method)?.[1];
    const ofMethod = own === undefined || Array.isArray(own) ? [] : own.hooks;
    // The method's list replaces the flow's own; the flow's own never runs before storing.
    if (ofMethod.length > 0) return ofMethod;
    return (after.hooks ?? []).filter((hook) => flow === "login" || !isBeforeStoring(hook));
  }

  function createIdentity(traits: { email: string }): SimulatedIdentity {
    return {
      id: crypto.randomUUID(),
      "schema_id": "person",
      state: "active",
      traits,
      "metadata_public": null,
      "metadata_admin": null,
      "created_at": timestamp(),
      "updated_at": timestamp(),
    };
  }

  function createSession(
    identity: SimulatedIdentity,
  ): { "session_token": string; session: unknown } {
    const token = `ory_st_${crypto.randomUUID()}`;
    sessions.set(token, identity.id);
    return { "session_token": token, session: { active: true, identity: toPublic(identity) } };
  }

  function createFlow(name: Flow["name"], rest: Partial<Flow> = {}): Flow {
    const flow: Flow = { messages: [], ...rest, id: crypto.randomUUID(), name };
    flows.set(flow.id, flow);
    return flow;
  }

  function describeFlow({ id, name, messages }: Flow): unknown {
    const action = `${publicUrl}/self-service/${name}?flow=${id}`;
    const ui = { action, method: "POST", nodes: [], ...(messages.length > 0 ? { messages } : {}) };
    return { id, type: name === "recovery" ? "browser" : "api", ui };
  }

  function refuseForm(flow: Flow, { id, text }: { id: number; text: string }): Response {
    return refuseHook(flow, { kind: "refused", messages: [{ id, text, type: "error" }] });
  }

  function refuseHook(flow: Flow, result: HookResult): Response {
    if (result.kind === "failed") return error(result.status, {}, result.text);
    flow.messages = result.kind === "refused" ? result.messages : [];
    return Response.json(describeFlow(flow), { status: 400 });
  }

  function timestamp(): string {
    return new Date(now()).toISOString();
  }

  return {
    fetch: serve,
    faults,
    identities,
    calls,
    configure(next) {
      actions = next;
    },
  };
}

/** What a hook's template sees. Like Kratos's own, it has no `metadata_admin`. */
function contextOf(
  identity: SimulatedIdentity,
  flow: Flow,
): { identity: ReturnType<typeof toPublic>; flow: { id: string; type: string } } {
  return { identity: toPublic(identity), flow: { id: flow.id, type: "api" } };
}

function toPublic(identity: SimulatedIdentity): Omit<SimulatedIdentity, "metadata_admin"> {
  const { "metadata_admin": _hidden, ...rest } = identity;
  return rest;
}

function error(status: number, headers: Record<string, string> = {}, text = ""): Response {
  return Response.json({ error: { code: status, message: text } }, { status, headers });
}

function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { ...headers, location } });
}
