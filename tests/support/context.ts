import { parseConfig } from "../../lib/config/config.ts";
import { type Context, createContext } from "../../lib/context.ts";
import { createOpenTelemetry } from "../../lib/telemetry/open_telemetry.ts";
import type { Store } from "../../lib/kv/store.ts";
import { NO_TELEMETRY } from "../../lib/telemetry/telemetry.ts";
import { createHandler } from "../../routes/mod.ts";
import {
  createJumioSimulator,
  type JumioSimulator,
} from "../../sandbox/simulators/jumio/simulator.ts";
import { renderStandIn } from "../../sandbox/simulators/kratos/jsonnet.ts";
import {
  createKratosSimulator,
  type KratosSimulator,
} from "../../sandbox/simulators/kratos/simulator.ts";
import type { OryActions } from "../../cli/kratos_config/ory_actions.ts";
import { createMemoryStore, createTestLog } from "./memory_store.ts";
import type { FakeOpenTelemetry } from "./telemetry.ts";

/** The secret that the test's Kratos sends. */
export const HOOK_SECRET = "hook-secret-hook-secret-hook-secret";

/** The secret by which a test signs callbacks. */
export const CALLBACK_SECRET = "callback-secret";

const SERVICE = "https://kyc.example.com";
const KRATOS = "http://kratos:4434";
const HOSTS = {
  auth: "https://auth.emea-1.jumio.ai",
  account: "https://account.emea-1.jumio.ai",
  retrieval: "https://retrieval.emea-1.jumio.ai",
  web: "https://acme.web.emea-1.jumio.ai",
} as const;

const ENV = {
  "ORY_WEBHOOK_SECRET": HOOK_SECRET,
  "KRATOS_ADMIN_URL": KRATOS,
  "JUMIO_AUTH_URL": `${HOSTS.auth}/oauth2/token`,
  "JUMIO_API_BASE_URL": `${HOSTS.account}/api/v1`,
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
  "JUMIO_CALLBACK_SECRET": CALLBACK_SECRET,
  "PUBLIC_URL": SERVICE,
  "LOG_LEVEL": "debug",
};

/** The whole service in the test's own process, with both simulators, KV in memory and a clock. */
export interface TestContext extends AsyncDisposable {
  readonly context: Context;
  readonly jumio: JumioSimulator;
  readonly kratos: KratosSimulator;
  readonly store: Store;
  /** The lines that the service has logged. */
  readonly lines: readonly string[];
  readonly clock: { now: number };
  /** The environment that the service was made from. */
  readonly env: Readonly<Record<string, string>>;
  /** Reaches the service and both simulators, and nobody else. */
  readonly fetch: typeof fetch;
  /** Sends a request to the service. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a hook as Kratos does. */
  hook(path: string, body: unknown): Promise<Response>;
  /** Registers a person at the simulator of Kratos, which calls the hook. */
  register(email?: string): Promise<string>;
  signIn(email?: string): Promise<{ status: number; messages: string[] }>;
  /** What the identity says of its verification. */
  metadata(identityId: string): Record<string, unknown>;
  /** The person's own link, as a path. */
  link(identityId: string): string;
  /** Presses the button of the person's page, as a browser does. */
  follow(identityId: string, headers?: Record<string, string>): Promise<Response>;
  /** Does what is due now, and nothing that is due later. */
  drain(): Promise<void>;
  /** Moves the clock, and does what is due then. */
  advance(ms: number): Promise<void>;
}

/** Creates a test context. What a test is about, it overrides. */
export async function createTestContext(
  { env = {}, store = createMemoryStore(), actions, telemetry, jumio: jumioOptions = {} }: {
    env?: Record<string, string>;
    store?: Store;
    actions?: OryActions;
    telemetry?: FakeOpenTelemetry;
    jumio?: { detailsDelayMs?: number; hasWebDomain?: boolean };
  } = {},
): Promise<TestContext> {
  const clock = { now: Date.UTC(2026, 4, 4, 9) };
  const now = () => clock.now;
  const { log, lines } = createTestLog();
  const jumio = createJumioSimulator({
    hosts: HOSTS,
    fetch: route,
    now,
    clientId: ENV["JUMIO_CLIENT_ID"],
    clientSecret: ENV["JUMIO_CLIENT_SECRET"],
    accountsPerFiveSeconds: 1000,
    ...jumioOptions,
  });
  const kratos = createKratosSimulator({
    actions: actions ?? createActions(),
    publicUrl: KRATOS,
    fetch: route,
    render: renderStandIn,
    now,
    delay: () => Promise.resolve(),
  });
  const config = await parseConfig({ ...ENV, ...env });
  const context = createContext({
    config,
    store,
    fetch: route,
    now,
    random: () => 0.5,
    log,
    telemetry: telemetry === undefined
      ? NO_TELEMETRY
      : createOpenTelemetry({ ...telemetry, now, monotonic: now }),
    delay: () => Promise.resolve(),
  });
  const handler = createHandler(context);
  const upstreams = new Map<string, (request: Request) => Promise<Response>>([
    [KRATOS, kratos.fetch],
    [SERVICE, serve],
    ...Object.values(HOSTS).map((host) => [host, jumio.fetch] as const),
  ]);

  async function serve(request: Request): Promise<Response> {
    const work = () => handler(request, { remoteAddr: { hostname: "203.0.113.9" } });
    return await (telemetry === undefined ? work() : telemetry.underSpan(work));
  }

  async function route(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const upstream = upstreams.get(new URL(request.url).origin);
    if (upstream === undefined) throw new TypeError("There is no such host in this test");
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => reject(request.signal.reason);
    request.signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([upstream(request), aborted]);
    } finally {
      request.signal.removeEventListener("abort", abort);
    }
  }

  const json = { "content-type": "application/json" };

  async function submit(flow: string, body: unknown): Promise<Response> {
    const { ui } = await (await route(`${KRATOS}/self-service/${flow}/api`)).json();
    return await route(ui.action, { method: "POST", headers: json, body: JSON.stringify(body) });
  }

  function metadata(identityId: string): Record<string, unknown> {
    return Object(Object(kratos.identities.get(identityId)?.["metadata_public"]).jumio);
  }

  function link(identityId: string): string {
    const url = new URL(String(metadata(identityId)["verification_url"]));
    return url.pathname + url.search;
  }

  const password = "Correct-horse-9-battery";
  return {
    context,
    jumio,
    kratos,
    store,
    lines,
    clock,
    env: { ...ENV, ...env },
    fetch: route,
    send: (path, init) => route(`${SERVICE}${path}`, init),
    hook: (path, body) =>
      route(`${SERVICE}${path}`, {
        method: "POST",
        headers: { ...json, "x-webhook-secret": HOOK_SECRET },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    async register(email = "ada@example.com") {
      const answer = await submit("registration", {
        method: "password",
        password,
        traits: { email },
      });
      const { identity } = await answer.json();
      return identity.id;
    },
    async signIn(email = "ada@example.com") {
      const answer = await submit("login", { method: "password", password, identifier: email });
      const { ui } = await answer.json();
      const messages: { text: string }[] = ui?.messages ?? [];
      return { status: answer.status, messages: messages.map(({ text }) => text) };
    },
    metadata,
    link,
    follow: (identityId, headers = { "sec-fetch-site": "same-origin" }) =>
      route(`${SERVICE}/jumio/verify`, {
        method: "POST",
        redirect: "manual",
        headers,
        body: new URLSearchParams(link(identityId).split("?")[1]),
      }),
    drain: () => context.jobs.drain(),
    async advance(ms) {
      clock.now += ms;
      await context.jobs.drain();
    },
    async [Symbol.asyncDispose]() {
      await context.jobs.stop();
      await store.close();
    },
  };
}

/** The hooks as `ory-actions.yaml` has them, without reading the file: unit tests may not. */
export function createActions(registration: Record<string, unknown> = {}): OryActions {
  const auth = { config: { name: "X-Webhook-Secret", value: HOOK_SECRET } };
  const createHook = (name: string, path: string, rest: Record<string, unknown>) => {
    const config = { url: `${SERVICE}${path}`, method: "POST", auth, ...rest };
    return { hook: "web_hook", config: { body: `file:///${name}.jsonnet`, ...config } };
  };
  const initiate = createHook("initiate", "/jumio/initiate", {
    response: { ignore: false, parse: false },
    ...registration,
  });
  const validate = createHook("validate", "/jumio/validate", { "can_interrupt": true });
  return {
    selfservice: {
      flows: {
        registration: { after: { password: { hooks: [initiate] } } },
        login: { after: { password: { hooks: [validate] } } },
        recovery: { after: { hooks: [validate] } },
      },
    },
  } as unknown as OryActions; // zod's type for a catch-all beside a known key is narrower than its values
}
