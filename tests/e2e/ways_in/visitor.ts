// SPDX-License-Identifier: Apache-2.0
/** Kratos's answer to a submitted flow, or to any other request. */
export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  // deno-lint-ignore no-explicit-any -- each flow of Kratos answers in a form of its own
  readonly json: any;
}

/** A flow as Kratos shows it to an app or to a page. */
export interface Flow {
  readonly id: string;
  readonly action: string;
  readonly messages: string;
  /** Only in a browser. */
  readonly csrfToken: string | undefined;
  /** The value of an input, for example the options for an authenticator. */
  input(name: string): string;
  // deno-lint-ignore no-explicit-any -- see Answer
  readonly json: any;
}

/** A session as Kratos's whoami shows it. */
export interface Session {
  readonly identityId: string;
  readonly aal: string;
  readonly authenticatedAt: string;
}

/** The flows that a visitor can open. */
export type FlowName = "registration" | "login" | "recovery" | "settings";

/** The application's pages. Nothing serves them. */
const PAGES = /^\/(app|error|login|recovery|registration|settings)?$/;

/** A browser with cookies, or an app with a session token. */
export class Visitor {
  /** An app's session token. */
  token: string | undefined;
  readonly #cookies = new Map<string, string>();
  readonly #publicUrl: string;
  readonly #kind: "browser" | "api";

  constructor(kind: "browser" | "api", { publicUrl }: { publicUrl: string }) {
    this.#kind = kind;
    this.#publicUrl = publicUrl;
  }

  async open(name: FlowName, query: Readonly<Record<string, string>> = {}): Promise<Flow> {
    const search = new URLSearchParams(query);
    const url = `${this.#publicUrl}/self-service/${name}/${this.#kind}?${search}`;
    return toFlow(await this.request(url));
  }

  /** Reads a flow again. */
  async read(name: FlowName, id: string): Promise<Flow> {
    return toFlow(await this.request(`${this.#publicUrl}/self-service/${name}/flows?id=${id}`));
  }

  /** Submits a form, with the flow's CSRF token in a browser. */
  async submit(flow: Flow, form: Readonly<Record<string, unknown>>): Promise<Answer> {
    // The flow of an administrator's recovery code has no CSRF token.
    const csrf = flow.csrfToken === undefined ? {} : { "csrf_token": flow.csrfToken };
    const answer = await this.request(flow.action, { body: { ...csrf, ...form } });
    this.token = answer.json["session_token"] ?? this.token;
    return answer;
  }

  /** Follows redirects as a browser does, until one leads to a page of the application. */
  async follow(start: string): Promise<URL> {
    let url = new URL(start);
    for (let step = 0; step < 10 && !PAGES.test(url.pathname); step++) {
      const { location, status } = await this.request(url.href, { accept: "text/html" });
      if (location === undefined) throw new Error(`No redirect at ${url}: status ${status}`);
      url = new URL(location, url);
    }
    return url;
  }

  async whoami(): Promise<Session | undefined> {
    const { status, json } = await this.request(`${this.#publicUrl}/sessions/whoami`);
    if (status !== 200) return undefined;
    return {
      identityId: json.identity.id,
      aal: json["authenticator_assurance_level"],
      authenticatedAt: json["authenticated_at"],
    };
  }

  async request(
    url: string,
    { body, accept = "application/json" }: { body?: unknown; accept?: string } = {},
  ): Promise<Answer> {
    const cookie = Array.from(this.#cookies, (pair) => pair.join("=")).join("; ");
    const response = await fetch(url, {
      redirect: "manual",
      headers: {
        accept,
        ...(cookie === "" ? {} : { cookie }),
        ...(this.token === undefined ? {} : { "x-session-token": this.token }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    // Kratos refuses an app that sends a cookie.
    const cookies = this.#kind === "browser" ? response.headers.getSetCookie() : [];
    for (const line of cookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return {
      status: response.status,
      location: response.headers.get("location") ?? undefined,
      json: isJson ? JSON.parse(text) : {},
    };
  }
}

/** All texts of an answer that a person may see. */
export function readMessages({ json }: Pick<Answer, "json">): string {
  const nodes: { messages?: { text: string }[] }[] = json.ui?.nodes ?? [];
  const ofNodes = nodes.flatMap(({ messages = [] }) => messages);
  const texts = [...json.ui?.messages ?? [], ...ofNodes].map(({ text }) => text);
  return [...texts, json.error?.message, json.error?.reason].filter(Boolean).join(" | ");
}

function toFlow(answer: Answer): Flow {
  const { json, status } = answer;
  if (json.ui === undefined) throw new Error(`No flow: ${status} ${JSON.stringify(json)}`);
  const nodes: { attributes: { name?: string; value?: string } }[] = json.ui.nodes;
  const find = (name: string) =>
    nodes.find(({ attributes }) => attributes.name === name)?.attributes.value;
  return {
    id: json.id,
    action: json.ui.action,
    messages: readMessages(answer),
    csrfToken: find("csrf_token"),
    input(name) {
      const found = find(name);
      if (found === undefined) throw new Error(`No input ${name} in ${JSON.stringify(json.ui)}`);
      return found;
    },
    json,
  };
}
