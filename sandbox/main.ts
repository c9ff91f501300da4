/**
 * `deno task dev`: the service between simulators of Jumio and Kratos, with a page to drive them.
 * With a `.env`, the service alone, for the real ones, unless `--simulators` asks otherwise.
 *
 * @module
 */

import { readOryActions } from "../cli/kratos_config/ory_actions.ts";
import { delay } from "../lib/deadline.ts";
import { createActs } from "./page/acts.ts";
import { createJumioSimulator } from "./simulators/jumio/simulator.ts";
import {
  createJsonnet,
  findJsonnet,
  JSONNET_CURE,
  renderStandIn,
} from "./simulators/kratos/jsonnet.ts";
import { createKratosSimulator } from "./simulators/kratos/simulator.ts";
import { createObserver } from "./page/observer.ts";
import { createSandboxPage } from "./page/page.ts";
import { startService } from "./processes/service.ts";
import { createServiceSwitch } from "./page/service_switch.ts";
import { findSetupProblem, PORTS, readPort } from "./setup.ts";
import { createSwitches } from "./page/switches.ts";
import { createTerminal } from "./terminal.ts";

const HOOK_SECRET = "only-for-the-sandbox-on-this-machine";
const CALLBACK_SECRET = "only-for-the-sandbox-too";

/** Soon enough to be watched: what becomes of an execution whose callback is lost. */
const RECONCILE_AFTER_SECONDS = 10;

const ROOT = new URL("../", import.meta.url);

const terminal = createTerminal();
const problem = findSetupProblem({ port: Deno.env.get("PORT"), version: Deno.version.deno });
if (problem !== undefined) fail(problem);
const port = readPort(Deno.env.get("PORT"));
const wantsSimulators = Deno.args.includes("--simulators");
if (!wantsSimulators && await exists(new URL(".env", ROOT))) await serveRealOnes();
else await serveSandbox();

/** The service as in production, with the settings of `.env`. */
async function serveRealOnes(): Promise<void> {
  terminal.log.info("Found .env: the service runs with its settings, for the real Jumio and Ory");
  terminal.open();
  const service = await startService({ root: ROOT, envFile: ".env", env: {}, stdout: "piped" });
  if (service.stdout !== undefined) terminal.follow(service.stdout);
  stopOnSignal(() => service.stop());
  const { code } = await service.status;
  await terminal.drained();
  if (code !== 0) {
    fail(
      "The service has ended, see above. Correct .env (.env.example has every setting), or start " +
        "the sandbox beside it: deno task dev --simulators",
    );
  }
  Deno.exit(code);
}

/** The service and both simulators, each on a port of its own after the page's. */
async function serveSandbox(): Promise<void> {
  const [pageUrl, serviceUrl, jumioUrl, kratosUrl] = [0, 1, 2, 3].map((offset) =>
    `http://127.0.0.1:${port + offset}`
  ) as [string, string, string, string]; // as many as there are offsets
  const observer = createObserver({ now: Date.now });
  const jumio = createJumioSimulator({
    hosts: { auth: jumioUrl, account: jumioUrl, retrieval: jumioUrl, web: jumioUrl },
    fetch: observer.fetch({ from: "jumio", to: "bridge" }, fetch),
    now: Date.now,
    clientId: "sandbox",
    clientSecret: "sandbox",
    homeUrl: pageUrl,
  });
  const jsonnet = await findJsonnet();
  const actions = readOryActions(await Deno.readTextFile(new URL("ory-actions.yaml", ROOT)), {
    serviceUrl,
    secret: HOOK_SECRET,
    templatesUrl: new URL("jsonnet", ROOT).href,
  });
  const kratos = createKratosSimulator({
    actions,
    publicUrl: kratosUrl,
    fetch: observer.fetch({ from: "ory", to: "bridge" }, fetch),
    render: jsonnet === undefined
      ? renderStandIn
      : createJsonnet(jsonnet, new URL("jsonnet/", ROOT)),
    now: Date.now,
  });
  const service = createServiceSwitch(async () => {
    const started = await startService({
      root: ROOT,
      env: {
        "PORT": String(port + 1),
        "PUBLIC_URL": serviceUrl,
        "ORY_WEBHOOK_SECRET": HOOK_SECRET,
        "KRATOS_ADMIN_URL": kratosUrl,
        "ORY_API_KEY": "",
        "JUMIO_AUTH_URL": jumioUrl,
        "JUMIO_API_BASE_URL": jumioUrl,
        "JUMIO_CLIENT_ID": "sandbox",
        "JUMIO_CLIENT_SECRET": "sandbox",
        // Jumio signs nothing here either; with a secret, a forged signature is told from none.
        "JUMIO_CALLBACK_SECRET": CALLBACK_SECRET,
        "OPERATOR_SECRET": HOOK_SECRET,
        "KV_PATH": "./data/sandbox.sqlite3",
        "RECONCILE_AFTER_SECONDS": String(RECONCILE_AFTER_SECONDS),
      },
      stdout: "piped",
    });
    if (started.stdout !== undefined) terminal.follow(started.stdout);
    return started;
  }, { serviceUrl });
  const acts = createActs({ jumio, kratos, observer, serviceUrl, fetch, delay });
  const switches = createSwitches({ jumio, kratos, actions, service });
  const readFile = (name: string) => Deno.readFile(new URL(`sandbox/page/assets/${name}`, ROOT));
  const page = createSandboxPage({ jumio, kratos, observer, acts, switches, service, readFile });
  // Taken for a moment: if somebody has the service's port, it is told here, with what to do.
  const servicePort = listen(port + 1, page.fetch);
  const servers = [
    listen(port, page.fetch),
    listen(port + 2, (request) => {
      // The person's visits are calls of the person, the others are the service's.
      const from = new URL(request.url).pathname === "/web/client" ? "person" : "bridge";
      return observer.handler({ from, to: "jumio" }, jumio.fetch)(request);
    }),
    listen(port + 3, observer.handler({ from: "bridge", to: "ory" }, kratos.fetch)),
  ];
  await servicePort.shutdown();
  await forgetLastTime();
  stopOnSignal(async () => {
    await service.stop();
    await terminal.drained();
    // A page that is open keeps its stream open, for ever.
    await Promise.race([
      Promise.all(servers.map((server) => server.shutdown())),
      new Promise((resolve) => setTimeout(resolve, 500)),
    ]);
    Deno.exit(0);
  });
  await service.start().catch(async () => {
    await terminal.drained();
    fail("The service has ended, see above");
  });
  terminal.log.info(`Open ${pageUrl} in a browser`);
  const by = jsonnet === undefined
    ? `by a stand-in; for the real one ${JSONNET_CURE}`
    : "by Jsonnet";
  terminal.log.info(`The hook templates are rendered ${by}`);
  terminal.log.info(`The operator's page is ${serviceUrl}/operator/, its secret ${HOOK_SECRET}`);
  terminal.open();
  const { code } = await service.ended;
  await terminal.drained();
  Deno.exit(code);
}

function listen(
  atPort: number,
  handler: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: "127.0.0.1", port: atPort, onListen() {} }, handler);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    fail(
      `Port ${atPort} is in use. The sandbox needs ${port} to ${port + PORTS - 1}; to choose ` +
        "others, set PORT to the first of them, for example: PORT=4000 deno task dev",
    );
  }
}

/** The simulators begin anew each time, so what the service knew of them is of no use. */
async function forgetLastTime(): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) {
    const file = new URL(`data/sandbox.sqlite3${suffix}`, ROOT);
    if (await exists(file)) await Deno.remove(file);
  }
}

function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => void stop());
  }
}

async function exists(file: URL): Promise<boolean> {
  try {
    await Deno.stat(file);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function fail(text: string): never {
  terminal.log.error(text);
  Deno.exit(1);
}
