// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { OryActions } from "../../cli/kratos_config/ory_actions.ts";
import { renderStandIn } from "../../sandbox/simulators/kratos/jsonnet.ts";
import {
  createKratosSimulator,
  type KratosSimulator,
} from "../../sandbox/simulators/kratos/simulator.ts";

export const SERVICE = "https://kyc.example.com";
export const ADA = { email: "ada@example.com" };
/** A refusal in Kratos's form. */
export const REFUSAL = {
  messages: [{ "instance_ptr": "#/", messages: [{ id: 1, text: "Refused", type: "error" }] }],
};
const KRATOS = "http://kratos.example.com";

export interface HookCall {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

/** A simulator, and a service that answers its hooks as the script says. */
export function createKratos(
  { registration, actions = createActions(registration), answer, ...rest }: {
    registration?: Record<string, unknown>;
    actions?: OryActions;
    answer?: () => Response;
    fetch?: typeof globalThis.fetch;
    hookTimeoutMs?: number;
    hasSessionHook?: boolean;
    apiKey?: string;
    appUrl?: string;
  } = {},
): {
  kratos: KratosSimulator;
  hookCalls: HookCall[];
  waits: number[];
  script: { answer: () => Response };
} {
  const script = { answer: answer ?? (() => Response.json({})) };
  const hookCalls: HookCall[] = [];
  const waits: number[] = [];
  const kratos = createKratosSimulator({
    actions,
    publicUrl: KRATOS,
    render: renderStandIn,
    now: () => Date.UTC(2026, 4, 4),
    delay: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { url, headers } = request;
      hookCalls.push({ url, headers: Object.fromEntries(headers), body: await request.json() });
      return script.answer();
    },
    ...rest,
  });
  return { kratos, hookCalls, waits, script };
}

export function createHook(name: string, config: Record<string, unknown> = {}): {
  hook: string;
  config: Record<string, unknown>;
} {
  return {
    hook: "web_hook",
    config: {
      url: `${SERVICE}/jumio/${name}`,
      method: "POST",
      body: `file:///templates/${name}.jsonnet`,
      auth: {
        type: "api_key",
        config: { name: "X-Webhook-Secret", value: "hook-secret", in: "header" },
      },
      ...config,
    },
  };
}

export function createActions(
  registration: Record<string, unknown> = {},
  after: unknown = { password: { hooks: [createHook("initiate", registration)] } },
): OryActions {
  const validate = createHook("validate", { "can_interrupt": true });
  return OryActions.parse({
    selfservice: {
      flows: {
        registration: { after },
        login: { after: { password: { hooks: [validate] } } },
        recovery: { after: { hooks: [validate] } },
      },
    },
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

/** Calls the simulator as an HTTP client does. */
export async function call(
  kratos: KratosSimulator,
  path: string,
  init?: RequestInit,
): Promise<Answer> {
  const response = await kratos.fetch(new Request(`${KRATOS}${path}`, init));
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, json: text === "" ? undefined : JSON.parse(text) };
}

/** The ids in a list of identities. */
export function idsOf({ json }: Answer): string[] {
  return z.array(z.object({ id: z.string() })).parse(json).map(({ id }) => id);
}

/** Sends a JSON Patch. */
export function patch(kratos: KratosSimulator, id: string, operations: unknown): Promise<Answer> {
  const body = JSON.stringify(operations);
  return call(kratos, `/admin/identities/${id}`, { method: "PATCH", body });
}
