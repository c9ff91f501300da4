// SPDX-License-Identifier: Apache-2.0
import type { KratosSimulator } from "../../sandbox/simulators/kratos/simulator.ts";

/** What people and Kratos do at the service. */
export interface TestPerson {
  /** Sends a request to the service. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a hook as Kratos does. */
  hook(path: string, body: unknown): Promise<Response>;
  /** Registers a person at the simulator of Kratos, which calls the hook. */
  register(email?: string): Promise<string>;
  signIn(email?: string): Promise<{ status: number; messages: string[] }>;
  /** `metadata_public.jumio` of the identity. */
  metadata(identityId: string): Record<string, unknown>;
  /** The person's own link, as a path. */
  link(identityId: string): string;
  /** Submits the form of the person's page, as a browser does. */
  follow(identityId: string, headers?: Record<string, string>): Promise<Response>;
}

const JSON_BODY = { "content-type": "application/json" };
const PASSWORD = "Correct-horse-9-battery";

/** Creates what people do, on a network that reaches the service and the simulator of Kratos. */
export function createPerson(
  { urls, kratos, fetch, hookSecret }: {
    urls: { readonly service: string; readonly kratos: string };
    kratos: KratosSimulator;
    fetch: typeof globalThis.fetch;
    hookSecret: string;
  },
): TestPerson {
  async function submit(flow: string, body: Record<string, unknown>): Promise<Response> {
    const { ui } = await (await fetch(`${urls.kratos}/self-service/${flow}/api`)).json();
    const fields = { method: "password", password: PASSWORD, ...body };
    const options = { method: "POST", headers: JSON_BODY, body: JSON.stringify(fields) };
    return await fetch(ui.action, options);
  }

  function metadata(identityId: string): Record<string, unknown> {
    return Object(Object(kratos.identities.get(identityId)?.["metadata_public"]).jumio);
  }

  function link(identityId: string): string {
    const url = new URL(String(metadata(identityId)["verification_url"]));
    return url.pathname + url.search;
  }

  return {
    send: (path, init) => fetch(`${urls.service}${path}`, init),
    hook: (path, body) =>
      fetch(`${urls.service}${path}`, {
        method: "POST",
        headers: { ...JSON_BODY, "x-webhook-secret": hookSecret },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    async register(email = "ada@example.com") {
      const answer = await submit("registration", { traits: { email } });
      const { identity } = await answer.json();
      return identity.id;
    },
    async signIn(email = "ada@example.com") {
      const answer = await submit("login", { identifier: email });
      const { ui } = await answer.json();
      const messages: { text: string }[] = ui?.messages ?? [];
      return { status: answer.status, messages: messages.map(({ text }) => text) };
    },
    metadata,
    link,
    follow: (identityId, headers = { "sec-fetch-site": "same-origin" }) =>
      fetch(`${urls.service}/jumio/verify`, {
        method: "POST",
        redirect: "manual",
        headers,
        body: new URLSearchParams(link(identityId).split("?")[1]),
      }),
  };
}
