import { createAdminApi, type KratosFaults } from "./_admin.ts";
import type { HookOptions } from "./_hooks.ts";
import { createPublicApi } from "./_public.ts";
import { findByEmail, type KratosState, type SimulatedIdentity } from "./state.ts";
import type { OryActions } from "../../../cli/kratos_config/ory_actions.ts";

export type { KratosFaults } from "./_admin.ts";
export type { KratosMessage } from "./_hooks.ts";
export type { SimulatedIdentity } from "./state.ts";

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

/** What a person at a form gets to see. */
export interface FlowEnd {
  readonly ok: boolean;
  readonly status: number;
  readonly messages: readonly string[];
  readonly sessionToken: string | undefined;
  /** Also where the form failed though the identity is stored. */
  readonly identityId: string | undefined;
}

/** A simulator of the part of Kratos that the service meets. */
export interface KratosSimulator {
  /** Serves the public API, and the admin API under `/admin/`. */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly faults: KratosFaults;
  readonly identities: ReadonlyMap<string, SimulatedIdentity>;
  /** What was asked of the admin API, in order. */
  readonly calls: readonly { method: string; path: string; status: number }[];
  /** Replaces the hooks, as an operator who changes the configuration. */
  configure(actions: OryActions): void;
  /** Registers as a person at a form does. */
  register(
    person: { email: string; password?: string; method?: string },
  ): Promise<FlowEnd>;
  /** Signs in as a person at a form does. */
  login(person: { email: string; password?: string; method?: string }): Promise<FlowEnd>;
  /** Recovers an account by a code from an administrator. The session token is the cookie's. */
  recover(person: { email: string }): Promise<FlowEnd>;
  /** Waits for the hooks whose answers are ignored. */
  settle(): Promise<void>;
}

const PASSWORD = "Correct-horse-9-battery";

/** Creates a simulator with a memory of its own. */
export function createKratosSimulator(options: KratosSimulatorOptions): KratosSimulator {
  const { publicUrl, now, hasSessionHook = true } = options;
  let { actions } = options;
  const faults = noFaults();
  const state: KratosState = {
    identities: new Map(),
    passwords: new Map(),
    sessions: new Map(),
    flows: new Map(),
  };
  const calls: { method: string; path: string; status: number }[] = [];
  const background = new Set<Promise<unknown>>();
  const serveAdmin = createAdminApi({ ...options, state, faults });
  const servePublic = createPublicApi({
    state,
    options,
    actions: () => actions,
    publicUrl,
    hasSessionHook,
    background,
  });

  async function serve(request: Request): Promise<Response> {
    const { pathname: path } = new URL(request.url);
    if (path === "/health/ready" || path === "/admin/health/ready") {
      return Response.json({ status: "ok" });
    }
    if (!path.startsWith("/admin/")) return await servePublic(request);
    const response = await serveAdmin(request);
    calls.push({ method: request.method, path, status: response.status });
    return response;
  }

  async function submit(name: string, email: string, body: unknown): Promise<FlowEnd> {
    const flow = await (await serve(new Request(`${publicUrl}/self-service/${name}/api`))).json();
    const answer = await serve(
      new Request(flow.ui.action, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
    const json = await answer.json();
    return {
      ok: answer.ok,
      status: answer.status,
      messages: readMessages(json),
      sessionToken: json["session_token"],
      identityId: findByEmail(state, email)?.id,
    };
  }

  async function recover({ email }: { email: string }): Promise<FlowEnd> {
    const identityId = findByEmail(state, email)?.id;
    // Past the faults: they are about the service's calls, and this one is the administrator's.
    const createCode = createAdminApi({ publicUrl, now, state, faults: noFaults() });
    const made = await createCode(
      new Request(`${publicUrl}/admin/recovery/code`, {
        method: "POST",
        body: JSON.stringify({ "identity_id": identityId }),
      }),
    );
    const { "recovery_link": link, "recovery_code": code } = await made.json();
    if (link === undefined) {
      const messages = ["There is no such person"];
      return { ok: false, status: made.status, messages, sessionToken: undefined, identityId };
    }
    const flowId = new URL(link).searchParams.get("flow");
    const answer = await serve(
      new Request(`${publicUrl}/self-service/recovery?flow=${flowId}`, {
        method: "POST",
        body: new URLSearchParams({ method: "code", code }),
      }),
    );
    const sessionToken = /ory_kratos_session=([^;]+)/
      .exec(answer.headers.get("set-cookie") ?? "")?.[1];
    const next = new URL(answer.headers.get("location") ?? publicUrl).searchParams.get("flow");
    const messages = state.flows.get(next ?? "")?.messages.map(({ text }) => text) ?? [];
    const { status } = answer;
    return { ok: sessionToken !== undefined, status, messages, sessionToken, identityId };
  }

  return {
    fetch: serve,
    faults,
    identities: state.identities,
    calls,
    configure(next) {
      actions = next;
    },
    register: ({ email, password = PASSWORD, method = "password" }) =>
      submit("registration", email, { method, password, traits: { email } }),
    login: ({ email, password = PASSWORD, method = "password" }) =>
      submit("login", email, { method, password, identifier: email }),
    recover,
    async settle() {
      await Promise.all(background);
    },
  };
}

function noFaults(): KratosFaults {
  return {
    isAdminDown: false,
    adminSlowMs: 0,
    isRateLimited: false,
    refusesConcurrentWrites: false,
    nextStatuses: [],
    losesNextPatch: false,
  };
}

interface Answer {
  readonly ui?: {
    readonly messages?: readonly { text: string }[];
    readonly nodes: readonly { messages: readonly { text: string }[] }[];
  };
  readonly error?: { readonly message: string };
}

function readMessages({ ui, error }: Answer): string[] {
  if (error !== undefined) return [error.message];
  const ofFields = ui?.nodes.flatMap(({ messages }) => messages) ?? [];
  return [...ui?.messages ?? [], ...ofFields].map(({ text }) => text);
}
