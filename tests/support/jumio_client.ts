// SPDX-License-Identifier: Apache-2.0
import {
  createJumioSimulator,
  type JumioSimulator,
} from "../../sandbox/simulators/jumio/simulator.ts";

export const HOSTS = {
  auth: "https://auth.emea-1.jumio.ai",
  account: "https://account.emea-1.jumio.ai",
  retrieval: "https://retrieval.emea-1.jumio.ai",
  web: "https://acme.web.emea-1.jumio.ai",
};

export const REFERENCE = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
export const START = {
  customerInternalReference: REFERENCE,
  userReference: REFERENCE,
  workflowDefinition: { key: "10011" },
  callbackUrl: "https://kyc.example.com/jumio/callback/t",
};
export const ACCOUNTS = `${HOSTS.account}/api/v1/accounts`;

export interface Received {
  readonly body: Record<string, unknown>;
  readonly signature: string | null;
}

/** A simulator, its clock, and the callbacks that it has sent. */
export function createJumio(options: Partial<Parameters<typeof createJumioSimulator>[0]> = {}): {
  simulator: JumioSimulator;
  clock: { now: number };
  received: Received[];
} {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const received: Received[] = [];
  const simulator = createJumioSimulator({
    hosts: HOSTS,
    now: () => clock.now,
    clientId: "client",
    clientSecret: "secret",
    async fetch(input, init) {
      const request = new Request(input, init);
      const signature = request.headers.get("x-jumio-signature");
      received.push({ body: await request.json(), signature });
      return new Response(null);
    },
    ...options,
  });
  return { simulator, clock, received };
}

/** Calls an API. */
export async function call(
  simulator: JumioSimulator,
  { method = "GET", url, body, headers = {} }: {
    method?: string;
    url: string;
    body?: BodyInit;
    headers?: Record<string, string>;
  },
  // deno-lint-ignore no-explicit-any -- tests read any answer
): Promise<{ status: number; json: any }> {
  const init = { method, headers: { "user-agent": "test", ...headers } };
  const request = new Request(url, body === undefined ? init : { ...init, body });
  const response = await simulator.fetch(request);
  const text = await response.text();
  return { status: response.status, json: text.startsWith("{") ? JSON.parse(text) : text };
}

/** Fetches an access token. Returns the headers of an authorized call. */
export async function authorize(simulator: JumioSimulator): Promise<Record<string, string>> {
  const { json } = await call(simulator, {
    method: "POST",
    url: `${HOSTS.auth}/oauth2/token`,
    headers: { authorization: `Basic ${btoa("client:secret")}` },
    body: new URLSearchParams({ "grant_type": "client_credentials" }),
  });
  return { authorization: `Bearer ${json["access_token"]}` };
}

/** Starts an execution as the service does. */
// deno-lint-ignore no-explicit-any -- tests read any answer
export async function start(simulator: JumioSimulator, body: unknown = START): Promise<any> {
  const headers = await authorize(simulator);
  const request = { method: "POST", url: ACCOUNTS, headers, body: JSON.stringify(body) };
  return await call(simulator, request);
}

/** Reads the details of the first execution, or its status. */
export async function retrieve(
  simulator: JumioSimulator,
  suffix: "" | "/status" = "",
): ReturnType<typeof call> {
  const { accountId, id } = simulator.executions[0] ?? { accountId: "", id: "" };
  const path = `/api/v1/accounts/${accountId}/workflow-executions/${id}${suffix}`;
  return await call(simulator, {
    url: HOSTS.retrieval + path,
    headers: await authorize(simulator),
  });
}
