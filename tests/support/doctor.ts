// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";
import { HOOK_SECRET } from "./context.ts";
import { operate, type OperatorRun } from "./operator.ts";

/** The address of the service in these configurations. */
export const SERVICE = "https://kyc.example.com";

/** The parts of a configuration of Kratos that tests change. */
export interface KratosConfig {
  selfservice: { methods: Record<string, unknown>; flows: Record<string, Flow> };
  clients?: unknown;
}

/** The hooks of a flow. */
export interface Flow {
  enabled?: boolean;
  after: Record<string, { hooks: Hook[] }> & { hooks?: Hook[] };
}

/** A hook with any settings. */
export interface Hook {
  hook: string;
  // deno-lint-ignore no-explicit-any -- a test may put anything into it
  config?: any;
}

/** The output of `operator render` with the secret filled in, and some methods enabled. */
export async function createGoodConfig(args: readonly string[] = []): Promise<KratosConfig> {
  const { stdout } = await operate(["render", `--url=${SERVICE}`, ...args]);
  const config: KratosConfig = parse(stdout.replaceAll("${ORY_WEBHOOK_SECRET}", HOOK_SECRET));
  config.selfservice.methods = {
    oidc: { enabled: true },
    code: { "passwordless_enabled": true },
    totp: { enabled: true },
    webauthn: { enabled: false },
  };
  Object.assign(config.selfservice.flows["recovery"] ?? {}, { enabled: true });
  return config;
}

/** Runs `operator doctor --offline` on a configuration. */
export async function diagnose(
  config: unknown,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<OperatorRun & { findings: { id: string; where: string }[]; unchecked: string[] }> {
  const run = await operate(["doctor", "--offline", "--json", ...args, "-"], {
    stdin: JSON.stringify(config),
    env: { "ORY_WEBHOOK_SECRET": `newer-secret-0123456789 ${HOOK_SECRET}`, ...env },
  });
  assert(!run.stdout.includes(HOOK_SECRET));
  return { ...run, ...JSON.parse(run.stdout) };
}

/** The hooks of a method. */
export function hooksOf(
  { selfservice: { flows } }: KratosConfig,
  flow: string,
  method: string,
): Hook[] {
  return flows[flow]?.after[method]?.hooks ?? [];
}

/** The hooks of registration by password. */
export function registration(config: KratosConfig): Hook[] {
  return hooksOf(config, "registration", "password");
}

/** The hooks of sign-in by password. */
export function login(config: KratosConfig): Hook[] {
  return hooksOf(config, "login", "password");
}

/** Changes the settings of the first hook of a list. */
export function set(hooks: Hook[], settings: Record<string, unknown>): void {
  Object.assign(hooks[0]?.config, settings);
}

/** Changes how the first hook of a list sends its secret. */
export function setKey(hooks: Hook[], key: Record<string, unknown>): void {
  const config = { name: "X-Webhook-Secret", value: HOOK_SECRET, in: "header", ...key };
  set(hooks, { auth: { type: "api_key", config } });
}
