// SPDX-License-Identifier: Apache-2.0
import {
  createJumioSimulator,
  type JumioSimulator,
} from "../../sandbox/simulators/jumio/simulator.ts";
import {
  createJsonnet,
  findJsonnet,
  renderStandIn,
} from "../../sandbox/simulators/kratos/jsonnet.ts";
import { createKratosSimulator } from "../../sandbox/simulators/kratos/simulator.ts";
import { type OryActions, readOryActions } from "../../cli/kratos_config/ory_actions.ts";
import { type ServiceProcess, startService } from "../../sandbox/processes/service.ts";
import { startKratos, TEMPLATES_URL } from "../support/kratos_process.ts";
import { getFreePort } from "../../sandbox/processes/loopback.ts";
import { createOry, type Ory } from "./ory.ts";
import { type HookCall, recordHooks } from "./ways_in/hook_recorder.ts";

/** The service as a process, a Kratos, and the simulator of Jumio, all on loopback. */
export interface World extends AsyncDisposable {
  readonly ory: Ory;
  readonly jumio: JumioSimulator;
  readonly kratos: { readonly publicUrl: string; readonly adminUrl: string };
  /** The hooks that Kratos has called so far, in order, where the world `recordsHooks`. */
  readonly hookCalls: readonly HookCall[];
  /** The settings of the service. */
  readonly env: Readonly<Record<string, string>>;
  stopService(): Promise<void>;
  startService(): Promise<void>;
}

export type KratosKind = "the real Kratos" | "the simulated Kratos";

/** How a world differs from the others. */
interface WorldOptions {
  readonly misconfigure?: (actions: OryActions) => void;
  readonly editConfig?: (text: string, serviceUrl: string) => string | Promise<string>;
  /** Settings of the service, in addition to those of every world. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Environment variables of the real Kratos. */
  readonly kratosEnv?: Readonly<Record<string, string>>;
  /** Whether Kratos calls the hooks through a recorder. */
  readonly recordsHooks?: boolean;
  /** The application whose pages show the flows of Kratos. */
  readonly appUrl?: string;
}

const ROOT = new URL("../../", import.meta.url);
/** The secret that Kratos sends. */
export const HOOK_SECRET = "hook-secret-of-the-e2e-tests-0123456789";

/**
 * Starts a world with the hooks of this project's `ory-actions.yaml`, changed by `misconfigure`.
 * `editConfig` changes the kratos.yml of the real Kratos; it gets the address of the service.
 */
export async function createWorld(
  kind: KratosKind,
  {
    misconfigure = () => {},
    editConfig = (text) => text,
    settings = {},
    kratosEnv = {},
    recordsHooks = false,
    appUrl = "http://127.0.0.1:4455",
  }: WorldOptions = {},
): Promise<World> {
  const servicePort = getFreePort();
  const serviceUrl = `http://127.0.0.1:${servicePort}`;
  const recorder = recordHooks(serviceUrl);
  const actions = readOryActions(await Deno.readTextFile(new URL("ory-actions.yaml", ROOT)), {
    serviceUrl: recordsHooks ? recorder.url : serviceUrl,
    secret: HOOK_SECRET,
    templatesUrl: TEMPLATES_URL,
  });
  misconfigure(actions);
  const edited = (text: string) => editConfig(text, serviceUrl);
  const kratos = kind === "the real Kratos"
    ? await startKratos(actions, { editConfig: edited, env: kratosEnv, appUrl })
    : await serveKratosSimulator(actions, appUrl);
  const { jumio, jumioUrl, server: jumioServer } = serveJumioSimulator();
  const folder = await Deno.makeTempDir({ prefix: "bridge-" });
  const env = {
    "PORT": String(servicePort),
    "PUBLIC_URL": serviceUrl,
    "ORY_WEBHOOK_SECRET": HOOK_SECRET,
    "KRATOS_ADMIN_URL": kratos.adminUrl,
    "JUMIO_AUTH_URL": `${jumioUrl}/oauth2/token`,
    "JUMIO_API_BASE_URL": `${jumioUrl}/api/v1`,
    "JUMIO_CLIENT_ID": "e2e",
    "JUMIO_CLIENT_SECRET": "e2e",
    "JUMIO_STARTS_PER_SECOND": "100",
    "OPERATOR_SECRET": "operator-secret-of-the-e2e-tests-0123456",
    "KV_PATH": `${folder}/kv.sqlite3`,
  };
  const service = createRestartableService({ ...env, ...settings }, { folder, serviceUrl });
  await service.start();
  return {
    ory: createOry(kratos),
    jumio,
    kratos,
    hookCalls: recorder.calls,
    env,
    startService: service.start,
    stopService: service.stop,
    async [Symbol.asyncDispose]() {
      await service.stop();
      await jumioServer.shutdown();
      await kratos[Symbol.asyncDispose]();
      await recorder[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function createRestartableService(
  env: Readonly<Record<string, string>>,
  { folder, serviceUrl }: { folder: string; serviceUrl: string },
): { start(): Promise<void>; stop(): Promise<void> } {
  let service: ServiceProcess | undefined;
  return {
    async start() {
      service = await startService({
        root: ROOT,
        stdout: Deno.env.has("E2E_LOG") ? "inherit" : "null",
        runArgs: [`--allow-read=${folder}`, `--allow-write=${folder}`],
        env,
      });
      await service.ready(serviceUrl);
    },
    async stop() {
      await service?.stop();
      service = undefined;
    },
  };
}

function serveJumioSimulator(): {
  jumio: JumioSimulator;
  jumioUrl: string;
  server: Deno.HttpServer;
} {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => jumio.fetch(request),
  );
  const jumioUrl = `http://127.0.0.1:${server.addr.port}`;
  const jumio = createJumioSimulator({
    hosts: { auth: jumioUrl, account: jumioUrl, retrieval: jumioUrl, web: jumioUrl },
    fetch,
    now: Date.now,
    clientId: "e2e",
    clientSecret: "e2e",
    accountsPerFiveSeconds: 1000,
    detailsDelayMs: 300,
  });
  return { jumio, jumioUrl, server };
}

async function serveKratosSimulator(
  actions: OryActions,
  appUrl: string,
): Promise<AsyncDisposable & { publicUrl: string; adminUrl: string }> {
  const port = getFreePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const program = await findJsonnet();
  const templates = new URL("jsonnet/", ROOT);
  const simulator = createKratosSimulator({
    actions,
    publicUrl,
    appUrl,
    fetch,
    render: program === undefined ? renderStandIn : createJsonnet(program, templates),
    now: Date.now,
    hasTriggerId: false,
  });
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, simulator.fetch);
  return { publicUrl, adminUrl: publicUrl, [Symbol.asyncDispose]: () => server.shutdown() };
}
