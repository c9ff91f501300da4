// SPDX-License-Identifier: Apache-2.0
import { type OryActions, readOryActions } from "../cli/kratos_config/ory_actions.ts";
import { createApp } from "../examples/app/main.ts";
import type { Observer } from "./page/observer.ts";
import { createServiceSwitch, type ServiceSwitch } from "./page/service_switch.ts";
import { createDetour } from "./processes/proxy.ts";
import { startService } from "./processes/service.ts";
import { createJumioSimulator, type JumioSimulator } from "./simulators/jumio/simulator.ts";
import { createJsonnet, findJsonnet, renderStandIn } from "./simulators/kratos/jsonnet.ts";
import { createKratosSimulator, type KratosSimulator } from "./simulators/kratos/simulator.ts";
import type { Terminal } from "./terminal.ts";

/** The addresses of the sandbox, on consecutive ports. */
export interface SandboxUrls {
  readonly page: string;
  /** The service as the world sees it. What comes this way is observed, and then forwarded. */
  readonly public: string;
  readonly jumio: string;
  readonly kratos: string;
  readonly app: string;
  /** Where the service listens. */
  readonly service: string;
}

/** Who calls the service, and whom it calls. */
export interface Parties {
  readonly jumio: JumioSimulator;
  readonly kratos: KratosSimulator;
  /** The correct configuration of the hooks. */
  readonly actions: OryActions;
  readonly service: ServiceSwitch;
  /** The example application, which gets the events. */
  readonly app: (request: Request) => Promise<Response>;
  /** Whether a real Jsonnet renders the hook templates. */
  readonly hasJsonnet: boolean;
}

/** What everything in the sandbox is created from. */
interface PartiesOptions {
  readonly root: URL;
  readonly urls: SandboxUrls;
  readonly observer: Observer;
  readonly terminal: Terminal;
}

/** The secret of the hooks and of the operator. */
export const SANDBOX_SECRET = "only-for-the-sandbox-on-this-machine";

/** Simulated Jumio does not sign callbacks. With this secret set, the service refuses forged ones. */
const CALLBACK_SECRET = "only-for-the-sandbox-too";

/** Signs the events: `whsec_` and 24 bytes in Base64. */
const EVENTS_SECRET = `whsec_${btoa("only-for-the-sandbox-too")}`;

/** Short enough to watch how the service finds the result when a callback was lost. */
export const RECONCILE_AFTER_SECONDS = 10;

/** 72 seconds: short enough to watch how the sweep finds people who registered during an outage. */
const SWEEP_EVERY_HOURS = 0.02;

/** Creates both simulators and the service. Does not start the service. */
export async function createParties(options: PartiesOptions): Promise<Parties> {
  const { root, urls, observer } = options;
  const jumio = createJumioSimulator({
    hosts: { auth: urls.jumio, account: urls.jumio, retrieval: urls.jumio, web: urls.jumio },
    fetch: observer.fetch({ from: "jumio", to: "bridge" }, createDirectFetch(urls)),
    now: Date.now,
    clientId: "sandbox",
    clientSecret: "sandbox",
    homeUrl: urls.page,
  });
  const jsonnet = await findJsonnet();
  const actions = readOryActions(await Deno.readTextFile(new URL("ory-actions.yaml", root)), {
    serviceUrl: urls.service,
    secret: SANDBOX_SECRET,
    templatesUrl: new URL("jsonnet", root).href,
  });
  const kratos = createKratosSimulator({
    actions,
    publicUrl: urls.kratos,
    appUrl: urls.app,
    fetch: observer.fetch({ from: "ory", to: "bridge" }, fetch),
    render: jsonnet === undefined
      ? renderStandIn
      : createJsonnet(jsonnet, new URL("jsonnet/", root)),
    now: Date.now,
  });
  const service = createService(options);
  const app = createApp({ oryUrl: urls.kratos, eventsSecrets: [EVENTS_SECRET] });
  return { jumio, kratos, actions, service, app, hasJsonnet: jsonnet !== undefined };
}

/**
 * Calls the service itself where somebody names its public address: the calls of the simulators are
 * observed already, and a service that is down must not answer.
 */
export function createDirectFetch({ public: from, service: to }: SandboxUrls): typeof fetch {
  return createDetour({ from, to, fetch });
}

function createService({ root, urls, terminal }: PartiesOptions): ServiceSwitch {
  const env = {
    "PORT": new URL(urls.service).port,
    "PUBLIC_URL": urls.public,
    "ORY_WEBHOOK_SECRET": SANDBOX_SECRET,
    "KRATOS_ADMIN_URL": urls.kratos,
    "ORY_API_KEY": "",
    "JUMIO_AUTH_URL": urls.jumio,
    "JUMIO_API_BASE_URL": urls.jumio,
    "JUMIO_CLIENT_ID": "sandbox",
    "JUMIO_CLIENT_SECRET": "sandbox",
    "JUMIO_CALLBACK_SECRET": CALLBACK_SECRET,
    "OPERATOR_SECRET": SANDBOX_SECRET,
    "LOGIN_BLOCKED_STATUSES": "rejected",
    "VERIFICATION_VALID_DAYS": "365",
    "BRAND_NAME": "Your app",
    "SUPPORT_URL": "mailto:support@example.com",
    "PRIVACY_URL": "https://example.com/privacy",
    "APP_URL": urls.app,
    "EVENTS_URL": `${urls.app}/events`,
    "EVENTS_SECRET": EVENTS_SECRET,
    "KV_PATH": storePath(urls),
    "RECONCILE_AFTER_SECONDS": String(RECONCILE_AFTER_SECONDS),
    "SWEEP_EVERY_HOURS": String(SWEEP_EVERY_HOURS),
  };
  return createServiceSwitch(async (env) => {
    const started = await startService({ root, env, stdout: "piped" });
    if (started.stdout !== undefined) terminal.follow(started.stdout);
    return started;
  }, { serviceUrl: urls.service, env });
}

/** Another sandbox of this folder has another port, and so another store. */
function storePath({ page }: SandboxUrls): string {
  return `./data/sandbox-${new URL(page).port}.sqlite3`;
}

/** Deletes the store. The simulators start empty, so its rows would describe unknown identities. */
export async function deleteStore({ root, urls }: { root: URL; urls: SandboxUrls }): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) {
    try {
      await Deno.remove(new URL(storePath(urls) + suffix, root));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
