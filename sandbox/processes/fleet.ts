// SPDX-License-Identifier: Apache-2.0
import { createJumioSimulator, type JumioSimulator } from "../simulators/jumio/simulator.ts";
import { renderStandIn } from "../simulators/kratos/jsonnet.ts";
import { createKratosSimulator, type KratosSimulator } from "../simulators/kratos/simulator.ts";
import { readOryActions } from "../../cli/kratos_config/ory_actions.ts";
import { type ServiceProcess, startService } from "./service.ts";
import { getFreePort, waitUntil } from "./loopback.ts";

/** Instances of the service as processes, with simulators of Jumio and Kratos on loopback. */
export interface Fleet extends AsyncDisposable {
  readonly jumio: JumioSimulator;
  readonly kratos: KratosSimulator;
  readonly kratosUrl: string;
  /** The addresses of the instances. */
  readonly urls: readonly string[];
  /** The secret that Kratos sends with its hooks. */
  readonly hookSecret: string;
  /** The ids of the instances' processes that run now. */
  pids(): readonly number[];
  start(instance: number): Promise<void>;
  /** Ends an instance with SIGKILL, as a crash does. */
  kill(instance: number): Promise<void>;
  /** Calls a hook of one instance as Kratos does. Returns the HTTP status. */
  hook(
    instance: number,
    call: { path: "/jumio/initiate" | "/jumio/validate"; identityId: string },
  ): Promise<number>;
}

const ROOT = new URL("../../", import.meta.url);
const HOOK_SECRET = "hook-secret-of-these-tests-0123456789ab";

/** What {@linkcode startFleet} can be asked for. */
export interface FleetOptions {
  readonly instances: number;
  readonly kvPath: string;
  /** Settings beside those that connect the service with the simulators. */
  readonly env?: Readonly<Record<string, string>>;
  /** More arguments for `deno run`, such as a permission for another folder. */
  readonly runArgs?: readonly string[] | ((instance: number) => readonly string[]);
  /** Whether the first instance or every instance gets each hook and callback. */
  readonly receivers?: "first" | "all";
  /** Where Kratos calls its hooks. Default: the first instance. */
  readonly hooksUrl?: string;
}

/** The simulators, each at an address on loopback. */
interface Simulators extends AsyncDisposable {
  readonly jumio: JumioSimulator;
  readonly jumioUrl: string;
  readonly kratos: KratosSimulator;
  readonly kratosUrl: string;
}

/** Starts the simulators and instances of the service, all on one KV. */
export async function startFleet(
  { instances, kvPath, env = {}, runArgs = [], receivers = "first", hooksUrl }: FleetOptions,
): Promise<Fleet> {
  const urls = Array.from({ length: instances }, () => `http://127.0.0.1:${getFreePort()}`);
  const [publicUrl = ""] = urls;
  const simulators = await startSimulators({
    hooksUrl: hooksUrl ?? publicUrl,
    fetch: receivers === "all" ? createBroadcast(urls) : (input, init) => fetch(input, init),
  });
  const processes: (ServiceProcess | undefined)[] = [];

  const fleet: Fleet = {
    jumio: simulators.jumio,
    kratos: simulators.kratos,
    kratosUrl: simulators.kratosUrl,
    urls,
    hookSecret: HOOK_SECRET,
    pids: () => processes.flatMap((process) => process?.pid ?? []),
    async start(instance) {
      const url = urls[instance] ?? "";
      const process = await startService({
        root: ROOT,
        stdout: Deno.env.has("SERVICE_LOG") ? "inherit" : "null",
        stderr: Deno.env.has("SERVICE_LOG") ? "inherit" : "null",
        runArgs: typeof runArgs === "function" ? runArgs(instance) : runArgs,
        env: { ...createSettings({ url, publicUrl, kvPath, simulators }), ...env },
      });
      processes[instance] = process;
      await process.ready(url);
    },
    async kill(instance) {
      await processes[instance]?.kill();
    },
    hook: (instance, call) => callHook(urls[instance] ?? "", call),
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((process) => process?.kill()));
      await simulators[Symbol.asyncDispose]();
    },
  };
  for (let instance = 0; instance < instances; instance++) await fleet.start(instance);
  return fleet;
}

async function startSimulators(
  { hooksUrl, fetch }: {
    hooksUrl: string;
    /** Sends hooks and callbacks to the service. */
    fetch: typeof globalThis.fetch;
  },
): Promise<Simulators> {
  const servers: Deno.HttpServer<Deno.NetAddr>[] = [];

  function listen(handler: (request: Request) => Promise<Response>): string {
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
    servers.push(server);
    return `http://127.0.0.1:${server.addr.port}`;
  }

  const jumioUrl = listen((request) => jumio.fetch(request));
  const jumio = createJumioSimulator({
    hosts: { auth: jumioUrl, account: jumioUrl, retrieval: jumioUrl, web: jumioUrl },
    fetch,
    now: Date.now,
    clientId: "client",
    clientSecret: "client-secret",
    accountsPerFiveSeconds: 1_000_000,
  });
  const kratosUrl = listen((request) => kratos.fetch(request));
  const kratos = createKratosSimulator({
    actions: readOryActions(await Deno.readTextFile(new URL("ory-actions.yaml", ROOT)), {
      serviceUrl: hooksUrl,
      secret: HOOK_SECRET,
      templatesUrl: "file:///templates",
    }),
    publicUrl: kratosUrl,
    fetch,
    render: renderStandIn,
    now: Date.now,
  });
  return {
    jumio,
    jumioUrl,
    kratos,
    kratosUrl,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.shutdown()));
    },
  };
}

/** Sends each request to the public address to every instance, as a proxy that repeats requests. */
function createBroadcast(urls: readonly string[]): typeof globalThis.fetch {
  const [publicUrl = ""] = urls;
  return async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith(publicUrl)) return await fetch(request);
    const body = await request.text();
    const path = request.url.slice(publicUrl.length);
    const { method, headers } = request;
    const answers = await Promise.allSettled(
      urls.map((url) => fetch(url + path, { method, headers, body })),
    );
    const responses = answers.flatMap((answer) =>
      answer.status === "fulfilled" ? [answer.value] : []
    );
    const best = responses.find(({ ok }) => ok) ?? responses[0];
    for (const response of responses) if (response !== best) await response.body?.cancel();
    if (best === undefined) throw new TypeError("No instance answers");
    return best;
  };
}

/** The settings that connect an instance with the simulators. */
function createSettings(
  { url, publicUrl, kvPath, simulators: { jumioUrl, kratosUrl } }: {
    url: string;
    publicUrl: string;
    kvPath: string;
    simulators: Simulators;
  },
): Record<string, string> {
  return {
    "PORT": new URL(url).port,
    "PUBLIC_URL": publicUrl,
    "ORY_WEBHOOK_SECRET": HOOK_SECRET,
    "KRATOS_ADMIN_URL": kratosUrl,
    "JUMIO_AUTH_URL": `${jumioUrl}/oauth2/token`,
    "JUMIO_API_BASE_URL": `${jumioUrl}/api/v1`,
    "JUMIO_CLIENT_ID": "client",
    "JUMIO_CLIENT_SECRET": "client-secret",
    "KV_PATH": kvPath,
  };
}

async function callHook(
  url: string,
  { path, identityId }: { path: string; identityId: string },
): Promise<number> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-webhook-secret": HOOK_SECRET },
    body: JSON.stringify({ "identity_id": identityId }),
  });
  await response.body?.cancel();
  return response.status;
}

/** The verification's part of an identity's public metadata. */
export function metadataOf({ kratos }: Fleet, identityId: string): Record<string, unknown> {
  return Object(Object(kratos.identities.get(identityId)?.["metadata_public"]).jumio);
}

/** Registers a person at Kratos, which calls the hook, and waits for the link and the execution. */
export async function registerPerson(
  fleet: Fleet,
): Promise<{ identityId: string; link: string }> {
  const created = await fetch(`${fleet.kratosUrl}/self-service/registration/api`);
  const { ui } = await created.json();
  const traits = { email: `${crypto.randomUUID()}@example.com` };
  const answer = await fetch(ui.action, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ method: "password", password: "Correct-horse-9-battery", traits }),
  });
  const { identity: { id: identityId } } = await answer.json();
  await waitForStart(fleet, identityId);
  return { identityId, link: String(metadataOf(fleet, identityId)["verification_url"]) };
}

/** Waits until a person has an execution, and the identity says so. A hook waits for it for 4 s only. */
export async function waitForStart(fleet: Fleet, identityId: string): Promise<void> {
  await waitUntil(
    "the identity names an execution",
    () => typeof metadataOf(fleet, identityId)["workflow_execution_id"] === "string",
  );
}
