// SPDX-License-Identifier: Apache-2.0
import { createAdminApi } from "./_admin.ts";
import { type KratosFaults, noFaults } from "./_faults.ts";
import type { HookOptions } from "./_hooks.ts";
import { type FlowEnd, recoverAccount, submitFlow } from "./_person.ts";
import { serveSelfService } from "./_self_service.ts";
import { createState, type SimulatedIdentity } from "./_state.ts";
import type { OryActions } from "../../../cli/kratos_config/ory_actions.ts";

export type { SimulatedIdentity } from "./_state.ts";

/** Settings of a simulator. */
export interface KratosSimulatorOptions extends HookOptions {
  readonly actions: OryActions;
  /** The address of the public API, for the `action` of flows. */
  readonly publicUrl: string;
  /** The application whose pages show the flows. @default {publicUrl} */
  readonly appUrl?: string;
  /** If set, admin calls need it as their bearer token. */
  readonly apiKey?: string;
  /** Whether a `session` hook follows our hook at registration. @default {true} */
  readonly hasSessionHook?: boolean;
}

/** A simulator of the part of Kratos that the service uses. */
export interface KratosSimulator {
  /** Serves the public API, and the admin API under `/admin/`. */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly faults: KratosFaults;
  readonly identities: ReadonlyMap<string, SimulatedIdentity>;
  /** The calls of the admin API so far, in order. */
  readonly calls: readonly { method: string; path: string; status: number }[];
  /** Replaces the hooks. */
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
  waitForHooks(): Promise<void>;
}

const PASSWORD = "Correct-horse-9-battery";

/** Creates a simulator with a memory of its own. */
export function createKratosSimulator(options: KratosSimulatorOptions): KratosSimulator {
  const { publicUrl, appUrl = publicUrl, now, hasSessionHook = true } = options;
  let { actions } = options;
  const faults = noFaults();
  const state = createState();
  const calls: { method: string; path: string; status: number }[] = [];
  const background = new Set<Promise<unknown>>();
  const serveAdmin = createAdminApi({ ...options, state, faults });
  const selfService = {
    state,
    hooks: options,
    actions: () => actions,
    publicUrl,
    appUrl,
    hasSessionHook,
    background,
  };

  async function serve(request: Request): Promise<Response> {
    const { pathname: path } = new URL(request.url);
    if (path === "/health/ready" || path === "/admin/health/ready") {
      return Response.json({ status: "ok" });
    }
    if (!path.startsWith("/admin/")) return await serveSelfService(request, selfService);
    const response = await serveAdmin(request);
    calls.push({ method: request.method, path, status: response.status });
    return response;
  }

  const person = { serve, state, publicUrl, now };
  return {
    fetch: serve,
    faults,
    identities: state.identities,
    calls,
    configure(next) {
      actions = next;
    },
    register({ email, password = PASSWORD, method = "password" }) {
      const body = { method, password, traits: { email } };
      return submitFlow("registration", { email, body, options: person });
    },
    login({ email, password = PASSWORD, method = "password" }) {
      const body = { method, password, identifier: email };
      return submitFlow("login", { email, body, options: person });
    },
    recover: ({ email }) => recoverAccount({ email }, person),
    async waitForHooks() {
      await Promise.all(background);
    },
  };
}
