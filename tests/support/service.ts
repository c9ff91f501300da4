// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseConfig } from "../../lib/config/config.ts";
import type { ConnectionInfo } from "../../lib/http/client_address.ts";
import { CLOSING_MS } from "../../lib/server/listener.ts";
import { createService, type Runtime, type Service } from "../../lib/service.ts";
import { createTestLog } from "./memory_store.ts";

const ENV = {
  "ORY_WEBHOOK_SECRET": "hook-secret-hook-secret-hook-secret",
  "KRATOS_ADMIN_URL": "http://kratos:4434",
  "JUMIO_AUTH_URL": "https://auth.emea-1.jumio.ai",
  "JUMIO_API_BASE_URL": "https://api.emea-1.jumio.ai",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
  "PUBLIC_URL": "https://kyc.example.com",
  "KV_PATH": ":memory:",
};

/** A service in the test's own process. */
export interface TestService extends AsyncDisposable {
  readonly service: Service;
  readonly lines: readonly string[];
  /** The handlers of the cron jobs by name. */
  readonly cronJobs: ReadonlyMap<string, () => Promise<void>>;
  /** How often KV was opened, the server was started and stopped. */
  readonly calls: { openKv: number; serve: number; shutdown: number };
  /** The delays of the timers that are set, and what ends them early. */
  readonly timers: { delayMs: number; fire: () => void }[];
  get(path: string): Promise<Response>;
}

/** Creates a service whose server, cron and timers are under the control of the test. */
export function createTestService(
  { env = {}, overrides = {}, shutdown = () => Promise.resolve() }: {
    env?: Record<string, string>;
    overrides?: Partial<Runtime>;
    shutdown?: () => Promise<void>;
  } = {},
): TestService {
  const { log, lines } = createTestLog();
  const cronJobs = new Map<string, () => Promise<void>>();
  const calls = { openKv: 0, serve: 0, shutdown: 0 };
  const timers: { delayMs: number; fire: () => void }[] = [];
  let handle: ((request: Request, info: ConnectionInfo) => Promise<Response>) | undefined;
  const service = createService(parseConfig({ ...ENV, ...env }), {
    log,
    now: () => Date.UTC(2026, 4, 4),
    fetch: () => Promise.reject(new TypeError("There is no network in this test")),
    registerCron: (name, _schedule, handler) => void cronJobs.set(name, handler),
    openKv(path) {
      calls.openKv++;
      return Deno.openKv(path);
    },
    answersOnIpv4: () => Promise.resolve(true),
    denoVersion: "2.9.6",
    serve({ port, onListen }, handler) {
      calls.serve++;
      handle = handler;
      onListen({ port });
      return {
        finished: new Promise(() => {}),
        shutdown() {
          calls.shutdown++;
          return shutdown();
        },
      };
    },
    setTimer(callback, delayMs) {
      // The moment in which answers close their connections ends at once.
      if (delayMs === CLOSING_MS) callback();
      else timers.push({ delayMs, fire: callback });
      return () => {};
    },
    ...overrides,
  });
  return {
    service,
    lines,
    cronJobs,
    calls,
    timers,
    get(path) {
      assert(handle, "The service does not listen");
      return handle(new Request(`${ENV["PUBLIC_URL"]}${path}`), { remoteAddr: {} });
    },
    [Symbol.asyncDispose]: () => service.stop().catch(() => {}),
  };
}
