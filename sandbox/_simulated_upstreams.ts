import { delay } from "../lib/deadline.ts";
import {
  createParties,
  deleteStore,
  type Parties,
  SANDBOX_SECRET,
  type SandboxUrls,
} from "./_parties.ts";
import type { Party } from "./page/observed_call.ts";
import { createObserver, type Observer } from "./page/observer.ts";
import { createSandboxPage } from "./page/sandbox_page.ts";
import { createSwitches } from "./page/switches.ts";
import { createVisitorActions } from "./page/visitor_actions.ts";
import { PORTS } from "./setup.ts";
import { JSONNET_CURE } from "./simulators/kratos/jsonnet.ts";
import { stopOnSignal, type Terminal } from "./terminal.ts";

type Handler = (request: Request) => Promise<Response>;

/** Who listens in the process of the sandbox. */
interface Handlers {
  readonly page: Handler;
  readonly jumio: Handler;
  readonly kratos: Handler;
  readonly app: Handler;
}

/** Open pages keep their event stream open, so the shutdown of their server never completes. */
const SHUTDOWN_MS = 500;

/**
 * Runs the page, the service, both simulators and the example application on consecutive ports, until
 * the service ends.
 */
export async function serveSimulators(
  { root, terminal, port }: { root: URL; terminal: Terminal; port: number },
): Promise<never> {
  const urls = toUrls(port);
  const observer = createObserver({ now: Date.now });
  const parties = await createParties({ root, urls, observer, terminal });
  const { service, hasJsonnet } = parties;
  const servers = await listen(toHandlers({ parties, observer, urls, root }), { port, terminal });
  await deleteStore(root);
  stopOnSignal(async () => {
    await service.stop();
    await terminal.drained();
    await Promise.race([
      Promise.all(servers.map((server) => server.shutdown())),
      delay(SHUTDOWN_MS),
    ]);
    Deno.exit(0);
  });
  await service.start().catch(async () => {
    await terminal.drained();
    terminal.fail("The service has stopped, see above");
  });
  terminal.log.info(`Open ${urls.page} in a browser`);
  terminal.log.info(
    hasJsonnet
      ? "The hook templates are rendered by Jsonnet"
      : `The hook templates are rendered without Jsonnet. To use Jsonnet, ${JSONNET_CURE}`,
  );
  terminal.log.info(
    `The operator's page is ${urls.service}/operator/, its secret ${SANDBOX_SECRET}`,
  );
  terminal.open();
  const { code } = await service.ended;
  await terminal.drained();
  Deno.exit(code);
}

function toUrls(port: number): SandboxUrls {
  const at = (offset: number) => `http://127.0.0.1:${port + offset}`;
  return { page: at(0), service: at(1), jumio: at(2), kratos: at(3), app: at(4) };
}

/** The handlers of the page, the simulators and the application. The observer sees their calls. */
function toHandlers(
  { parties, observer, urls, root }: {
    parties: Parties;
    observer: Observer;
    urls: SandboxUrls;
    root: URL;
  },
): Handlers {
  const { jumio, kratos, actions, service, app } = parties;
  const page = createSandboxPage({
    jumio,
    kratos,
    observer,
    actions: createVisitorActions({
      jumio,
      kratos,
      observer,
      serviceUrl: urls.service,
      fetch,
      delay,
    }),
    switches: createSwitches({ jumio, kratos, actions, service }),
    service,
    appUrl: urls.app,
    readFile: (name) => Deno.readFile(new URL(`sandbox/page/assets/${name}`, root)),
  });
  return {
    page: page.fetch,
    jumio(request) {
      // The hosted page is opened by the person; the APIs are called by the service.
      const from = new URL(request.url).pathname === "/web/client" ? "person" : "bridge";
      return observer.handler({ from, to: "jumio" }, jumio.fetch)(request);
    },
    kratos: (request) =>
      observer.handler({ from: findCaller(request), to: "ory" }, kratos.fetch)(request),
    app(request) {
      // Only the events are shown. What a person reads here is on their own screen.
      const isEvent = new URL(request.url).pathname === "/events";
      return isEvent ? observer.handler({ from: "bridge", to: "app" }, app)(request) : app(request);
    },
  };
}

/** Who calls Ory. Only a browser sends `Sec-Fetch-Mode: navigate`. */
function findCaller({ url, headers }: Request): Party {
  if (new URL(url).pathname.startsWith("/admin/")) return "bridge";
  return headers.get("sec-fetch-mode") === "navigate" ? "person" : "app";
}

/** Listens on the ports of everybody except the service. Fails if a port is in use. */
async function listen(
  { page, jumio, kratos, app }: Handlers,
  { port, terminal }: { port: number; terminal: Terminal },
): Promise<Deno.HttpServer<Deno.NetAddr>[]> {
  function serve(offset: number, handler: Handler): Deno.HttpServer<Deno.NetAddr> {
    try {
      const options = { hostname: "127.0.0.1", port: port + offset, onListen() {} };
      return Deno.serve(options, handler);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      return terminal.fail(
        `Port ${port + offset} is in use. The sandbox needs ${port} to ${port + PORTS - 1}; to ` +
          "choose others, set PORT to the first of them, for example: PORT=4000 deno task dev",
      );
    }
  }

  // Occupies the service's port for a moment, so that a port in use is reported here.
  const servicePort = serve(1, page);
  const servers = [serve(0, page), serve(2, jumio), serve(3, kratos), serve(4, app)];
  await servicePort.shutdown();
  return servers;
}
