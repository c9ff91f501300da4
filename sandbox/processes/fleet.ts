import { createJumioSimulator, type JumioSimulator } from "../simulators/jumio/simulator.ts";
import { renderStandIn } from "../simulators/kratos/jsonnet.ts";
import { createKratosSimulator, type KratosSimulator } from "../simulators/kratos/simulator.ts";
import { readOryActions } from "../../cli/kratos_config/ory_actions.ts";
import { type ServiceProcess, startService } from "./service.ts";
import { getFreePort, waitUntil } from "./loopback.ts";

/** Instances of the service as processes, between simulators on loopback. */
export interface Fleet extends AsyncDisposable {
  readonly jumio: JumioSimulator;
  readonly kratos: KratosSimulator;
  readonly kratosUrl: string;
  /** The addresses of the instances. */
  readonly urls: readonly string[];
  /** What Kratos sends with its hooks. */
  readonly hookSecret: string;
  /** The processes of the instances, as they are at this moment. */
  pids(): readonly number[];
  start(instance: number): Promise<void>;
  /** Ends an instance without a goodbye. */
  kill(instance: number): Promise<void>;
  /** Calls a hook of one instance as Kratos does. Returns the status. */
  hook(
    instance: number,
    call: { path: "/jumio/initiate" | "/jumio/validate"; identityId: string },
  ): Promise<number>;
}

const ROOT = new URL("../../", import.meta.url);
const HOOK_SECRET = "hook-secret-of-these-tests-0123456789ab";

/** Starts the simulators and as many instances, all on one KV. */
export async function startFleet(
  { instances, kvPath, env = {}, runArgs = [], isTold = "first", hooksUrl }: {
    instances: number;
    kvPath: string;
    env?: Record<string, string>;
    runArgs?: readonly string[];
    /** Whether a hook or callback goes to the first instance, or to all at once. */
    isTold?: "first" | "all";
    /** Where Kratos calls. Default: the first instance. */
    hooksUrl?: string;
  },
): Promise<Fleet> {
  const urls = Array.from({ length: instances }, () => `http://127.0.0.1:${getFreePort()}`);
  const [publicUrl = ""] = urls;
  const processes: (ServiceProcess | undefined)[] = [];
  const servers: Deno.HttpServer<Deno.NetAddr>[] = [];

  function listen(handler: (request: Request) => Promise<Response>): string {
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
    servers.push(server);
    return `http://127.0.0.1:${server.addr.port}`;
  }

  /** What goes to the public address goes to every instance, as by a proxy that repeats itself. */
  async function tell(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    if (isTold === "first" || !request.url.startsWith(publicUrl)) return await fetch(request);
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
  }

  const jumioUrl = listen((request) => jumio.fetch(request));
  const jumio = createJumioSimulator({
    hosts: { auth: jumioUrl, account: jumioUrl, retrieval: jumioUrl, web: jumioUrl },
    fetch: tell,
    now: Date.now,
    clientId: "client",
    clientSecret: "client-secret",
    accountsPerFiveSeconds: 1_000_000,
  });
  const kratosUrl = listen((request) => kratos.fetch(request));
  const kratos = createKratosSimulator({
    actions: readOryActions(await Deno.readTextFile(new URL("ory-actions.yaml", ROOT)), {
      serviceUrl: hooksUrl ?? publicUrl,
      secret: HOOK_SECRET,
      templatesUrl: "file:///templates",
    }),
    publicUrl: kratosUrl,
    fetch: tell,
    render: renderStandIn,
    now: Date.now,
  });

  const fleet: Fleet = {
    jumio,
    kratos,
    kratosUrl,
    urls,
    hookSecret: HOOK_SECRET,
    pids: () => processes.flatMap((process) => process?.pid ?? []),
    async start(instance) {
      const url = urls[instance] ?? "";
      const process = await startService({
        root: ROOT,
        stdout: Deno.env.has("SERVICE_LOG") ? "inherit" : "null",
        stderr: Deno.env.has("SERVICE_LOG") ? "inherit" : "null",
        runArgs,
        env: {
          "PORT": new URL(url).port,
          "PUBLIC_URL": publicUrl,
          "ORY_WEBHOOK_SECRET": HOOK_SECRET,
          "KRATOS_ADMIN_URL": kratosUrl,
          "JUMIO_AUTH_URL": `${jumioUrl}/oauth2/token`,
          "JUMIO_API_BASE_URL": `${jumioUrl}/api/v1`,
          "JUMIO_CLIENT_ID": "client",
          "JUMIO_CLIENT_SECRET": "client-secret",
          "KV_PATH": kvPath,
          ...env,
        },
      });
      processes[instance] = process;
      await process.ready(url);
    },
    async kill(instance) {
      await processes[instance]?.kill();
    },
    async hook(instance, { path, identityId }) {
      const response = await fetch(urls[instance] + path, {
        method: "POST",
        headers: { "content-type": "application/json", "x-webhook-secret": HOOK_SECRET },
        body: JSON.stringify({ "identity_id": identityId }),
      });
      await response.body?.cancel();
      return response.status;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((process) => process?.kill()));
      await Promise.all(servers.map((server) => server.shutdown()));
    },
  };
  for (let instance = 0; instance < instances; instance++) await fleet.start(instance);
  return fleet;
}

/** What the identity says of its verification. */
export function metadataOf({ kratos }: Fleet, identityId: string): Record<string, unknown> {
  return Object(Object(kratos.identities.get(identityId)?.["metadata_public"]).jumio);
}

/** Registers somebody at Kratos, which calls the hook, and waits for their link. */
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
  const link = () => metadataOf(fleet, identityId)["verification_url"];
  await waitUntil("the link is on the identity", () => link() !== undefined);
  return { identityId, link: String(link()) };
}
