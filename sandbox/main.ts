/**
 * `deno task dev`: the service between simulators of Jumio and Kratos, with a page to drive them.
 * With a `.env`, the service alone, for the real ones, unless `--simulators` asks otherwise.
 *
 * @module
 */

import { createJumioSimulator } from "./jumio.ts";
import { createJsonnet, findJsonnet, JSONNET_CURE, renderStandIn } from "./jsonnet.ts";
import { createKratosSimulator } from "./kratos.ts";
import { readOryActions } from "../operator/ory_actions.ts";
import { createSandboxPage } from "./page.ts";
import { startService } from "./service_process.ts";

const HOOK_SECRET = "only-for-the-sandbox-on-this-machine";

const ROOT = new URL("../", import.meta.url);

const port = Number(Deno.env.get("PORT") ?? 3000);
const wantsSimulators = Deno.args.includes("--simulators");
if (!wantsSimulators && await exists(new URL(".env", ROOT))) await serveRealOnes();
else await serveSandbox();

/** The service as in production, with the settings of `.env`. */
async function serveRealOnes(): Promise<void> {
  say("Found .env: the service runs with its settings, against the real Jumio and Ory");
  const service = await startService({ root: ROOT, envFile: ".env", env: {} });
  stopOnSignal(() => service.stop());
  const { code } = await service.status;
  Deno.exit(code);
}

/** The service and both simulators, each on a port of its own after the page's. */
async function serveSandbox(): Promise<void> {
  const [pageUrl, serviceUrl, jumioUrl, kratosUrl] = [0, 1, 2, 3].map((offset) =>
    `http://127.0.0.1:${port + offset}`
  ) as [string, string, string, string]; // as many as there are offsets
  const jumio = createJumioSimulator({
    hosts: { auth: jumioUrl, account: jumioUrl, retrieval: jumioUrl, web: jumioUrl },
    fetch,
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
    fetch,
    render: jsonnet === undefined
      ? renderStandIn
      : createJsonnet(jsonnet, new URL("jsonnet/", ROOT)),
    now: Date.now,
  });
  const page = createSandboxPage({ jumio, kratos });
  const servers = [page.fetch, undefined, jumio.fetch, kratos.fetch].flatMap((handler, offset) =>
    handler === undefined ? [] : [listen(port + offset, handler)]
  );
  await forgetLastTime();
  const service = await startService({
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
      "JUMIO_CALLBACK_SECRET": "",
      "KV_PATH": "./data/sandbox.sqlite3",
    },
  });
  stopOnSignal(async () => {
    await service.stop();
    await Promise.all(servers.map((server) => server.shutdown()));
  });
  await service.ready(serviceUrl);
  say(`Open ${pageUrl} in a browser`);
  const by = jsonnet === undefined
    ? `by a stand-in; for the real one ${JSONNET_CURE}`
    : "by Jsonnet";
  say(`The hook templates are rendered ${by}`);
  const { code } = await service.status;
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
    say(
      `Port ${atPort} is in use. The sandbox needs ${port} to ${port + 3}; to choose others, set ` +
        "PORT to the first of them, for example: PORT=4000 deno task dev",
    );
    Deno.exit(1);
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

function say(text: string): void {
  // deno-lint-ignore no-console -- what the person at the terminal reads
  console.log(text);
}
