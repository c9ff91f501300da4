// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { KratosSimulator } from "../../sandbox/simulators/kratos/simulator.ts";

/** Where the simulator sends a browser. */
export const APP = "https://app.example.com";
const KRATOS = "http://kratos.example.com";

const Flow = z.object({
  ui: z.object({
    action: z.string(),
    messages: z.optional(z.array(z.object({ text: z.string() }))),
    nodes: z.array(z.object({
      attributes: z.object({ name: z.string(), value: z.optional(z.string()) }),
    })),
  }),
});
type Flow = z.output<typeof Flow>;

/** A browser without scripts: it keeps cookies and sends forms. */
export interface KratosBrowser {
  /** Does not follow redirects. */
  get(path: string): Promise<Response>;
  /** Opens a flow, fills in its form and submits it. `changes` replaces fields of the form. */
  submit(
    name: "login" | "registration",
    options?: { query?: string; changes?: Record<string, string> },
  ): Promise<Response>;
  /** The flow to which a redirect leads. */
  readFlow(redirect: Response): Promise<Flow>;
}

export function openKratosBrowser({ fetch }: Pick<KratosSimulator, "fetch">): KratosBrowser {
  const cookies = new Map<string, string>();

  async function send(address: string, init: RequestInit = {}): Promise<Response> {
    const request = new Request(new URL(address, KRATOS), init);
    request.headers.set("cookie", Array.from(cookies, (pair) => pair.join("=")).join("; "));
    const response = await fetch(request);
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }
  async function readFlow(redirect: Response): Promise<Flow> {
    const { pathname, searchParams } = new URL(redirect.headers.get("location") ?? "");
    const answer = await send(`/self-service${pathname}/flows?id=${searchParams.get("flow")}`);
    return Flow.parse(await answer.json());
  }
  return {
    get: (path) => send(path),
    readFlow,
    async submit(name, { query = "", changes = {} } = {}) {
      const { ui } = await readFlow(await send(`/self-service/${name}/browser${query}`));
      const form = Object.fromEntries(
        ui.nodes.map(({ attributes }) => [attributes.name, attributes.value ?? ""]),
      );
      const email = name === "login" ? "identifier" : "traits.email";
      const filled = { ...form, [email]: "ada@example.com", password: "Correct-horse-9-battery" };
      const body = new URLSearchParams({ ...filled, ...changes });
      return await send(ui.action, { method: "POST", body });
    },
  };
}
