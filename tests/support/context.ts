// SPDX-License-Identifier: Apache-2.0
import { parseConfig } from "../../lib/config/config.ts";
import { type Context, createContext } from "../../lib/context.ts";
import { setOwnDeadline, type SetTimer } from "../../lib/deadline.ts";
import type { Store } from "../../lib/kv/store.ts";
import { createOpenTelemetry } from "../../lib/telemetry/open_telemetry.ts";
import { NO_TELEMETRY } from "../../lib/telemetry/telemetry.ts";
import { createHandler } from "../../routes/mod.ts";
import { listRoutes } from "../../routes/table.ts";
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
import { createNetwork, type Network } from "./network.ts";
import { createPerson, type TestPerson } from "./person.ts";
import { createReceiver, EVENTS_ENV, type Receiver } from "./receiver.ts";

/** The secret that the test's Kratos sends. */
export const HOOK_SECRET = "hook-secret-hook-secret-hook-secret";

/** The secret with which a test signs callbacks. */
export const CALLBACK_SECRET = "callback-secret-of-tests";

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
export interface TestContext extends TestPerson, AsyncDisposable {
  readonly context: Context;
  readonly jumio: JumioSimulator;
  readonly kratos: KratosSimulator;
  /** Gets the events of a service with `EVENTS_ENV`. */
  readonly receiver: Receiver;
  readonly store: Store;
  /** The lines of the service's log. */
  readonly lines: readonly string[];
  readonly clock: { now: number };
  /** Holds the next call of an upstream whose path has this end, before the upstream sees it. */
  readonly holdCall: Network["holdCall"];
  /** The environment that the service was configured from. */
  readonly env: Readonly<Record<string, string>>;
  /** Reaches the service and both simulators, and no other host. */
  readonly fetch: typeof fetch;
  /** Runs what is due now. */
  drain(): Promise<void>;
  /**
   * Runs what is due now, and moves the clock. A queue that is still at work after a hook's answer
   * could otherwise see the new time, and run what should wait.
   */
  moveClock(ms: number): Promise<void>;
  /** Moves the clock, and runs what is due then. */
  advance(ms: number): Promise<void>;
}

/** What a test is about, it overrides. */
interface TestOptions {
  readonly env?: Record<string, string>;
  readonly store?: Store;
  readonly actions?: OryActions;
  readonly telemetry?: FakeOpenTelemetry;
  readonly jumio?: { detailsDelayMs?: number; hasWebDomain?: boolean };
  /** How far the service's clock is ahead of Jumio's, which sends no `Date` without it. */
  readonly aheadOfJumio?: { ms: number };
  /** For requests. By default they wait as long as they have to, however slow the machine is. */
  readonly setDeadline?: SetTimer;
}

/** A timer that never ends. */
const NEVER = () => () => {};

export async function createTestContext(options: TestOptions = {}): Promise<TestContext> {
  const { env = {}, store = createMemoryStore(), telemetry, setDeadline = NEVER } = options;
  const clock = { now: Date.UTC(2026, 4, 4, 9) };
  const now = () => clock.now;
  const { log, lines } = createTestLog();
  const network = createNetwork();
  const { jumio, kratos } = connectSimulators(network, { ...options, now });
  const receiver = createReceiver({ now });
  network.connect(new URL(EVENTS_ENV["EVENTS_URL"]).origin, receiver.fetch);
  const context = createContext({
    config: parseConfig({ ...ENV, ...env }),
    store,
    fetch: network.fetch,
    now,
    random: () => 0.5,
    log,
    telemetry: telemetry === undefined
      ? NO_TELEMETRY
      : createOpenTelemetry({ ...telemetry, now, monotonic: now }),
    setDeadline,
    // Only `advance` and `drain` make the job runner look for work.
    setTimer: (callback, ms) => ms === 0 ? setOwnDeadline(callback, 0) : NEVER(),
    delay: () => Promise.resolve(),
  });
  const handler = createHandler(context, await listRoutes(context.config));
  network.connect(SERVICE, async (request) => {
    const work = () => handler(request, { remoteAddr: { hostname: "203.0.113.9" } });
    return await (telemetry === undefined ? work() : telemetry.underSpan(work));
  });
  async function drain(): Promise<void> {
    await context.reconcileLater.drain();
    await context.jobs.drain();
  }

  const urls = { service: SERVICE, kratos: KRATOS };
  const person = createPerson({ urls, kratos, fetch: network.fetch, hookSecret: HOOK_SECRET });
  return {
    ...person,
    context,
    jumio,
    kratos,
    receiver,
    store,
    lines,
    clock,
    env: { ...ENV, ...env },
    fetch: network.fetch,
    holdCall: network.holdCall,
    drain,
    ...createTimeControls(clock, drain),
    async [Symbol.asyncDispose]() {
      await context.reconcileLater.drain();
      await context.jobs.stop();
      await store.close();
    },
  };
}

function createTimeControls(
  clock: TestContext["clock"],
  drain: TestContext["drain"],
): Pick<TestContext, "moveClock" | "advance"> {
  return {
    async moveClock(ms) {
      await drain();
      clock.now += ms;
    },
    async advance(ms) {
      clock.now += ms;
      await drain();
    },
  };
}

function connectSimulators(
  { fetch, connect }: Network,
  { actions = createActions(), jumio: jumioOptions = {}, aheadOfJumio, now }: TestOptions & {
    now: () => number;
  },
): { jumio: JumioSimulator; kratos: KratosSimulator } {
  const jumio = createJumioSimulator({
    hosts: HOSTS,
    fetch,
    now,
    clientId: ENV["JUMIO_CLIENT_ID"],
    clientSecret: ENV["JUMIO_CLIENT_SECRET"],
    accountsPerFiveSeconds: 1000,
    ...jumioOptions,
  });
  const kratos = createKratosSimulator({
    actions,
    publicUrl: KRATOS,
    fetch,
    render: renderStandIn,
    now,
    delay: () => Promise.resolve(),
  });
  connect(KRATOS, kratos.fetch);
  for (const host of Object.values(HOSTS)) {
    connect(host, async (request) => {
      const answer = await jumio.fetch(request);
      if (aheadOfJumio === undefined) return answer;
      answer.headers.set("date", new Date(now() - aheadOfJumio.ms).toUTCString());
      return answer;
    });
  }
  return { jumio, kratos };
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
