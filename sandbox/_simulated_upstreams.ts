import { delay } from "../lib/deadline.ts";
import {
  createParties,
  deleteStore,
  type Parties,
  SANDBOX_SECRET,
  type SandboxUrls,
} from "./_parties.ts";
import { createObserver, type Observer } from "./page/observer.ts";
import { createSandboxPage } from "./page/sandbox_page.ts";
import { createSwitches } from "./page/switches.ts";
import { createVisitorActions } from "./page/visitor_actions.ts";
import { PORTS } from "./setup.ts";
import { JSONNET_CURE } from "./simulators/kratos/jsonnet.ts";
import { stopOnSignal, type Terminal } from "./terminal.ts";

type Handler = (request: Request) => Promise<Response>;

/** Open pages keep their event stream open, so the shutdown of their server never completes. */
const SHUTDOWN_MS = 500;

/** Runs the page, the service and both simulators on consecutive ports, until the service ends. */
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
  return { page: at(0), service: at(1), jumio: at(2), kratos: at(3) };
}

/** The handlers of the page, of Jumio and of Kratos. The observer sees the calls to the simulators. */
function toHandlers(
  { parties, observer, urls, root }: {
    parties: Parties;
    observer: Observer;
    urls: SandboxUrls;
    root: URL;
  },
): { page: Handler; jumio: Handler; kratos: Handler } {
  const { jumio, kratos, actions, service } = parties;
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
    readFile: (name) => Deno.readFile(new URL(`sandbox/page/assets/${name}`, root)),
  });
  return {
    page: page.fetch,
    jumio(request) {
      // The hosted page is opened by the person; the APIs are called by the service.
      const from = new URL(request.url).pathname === "/web/client" ? "person" : "bridge";
      return observer.handler({ from, to: "jumio" }, jumio.fetch)(request);
    },
    kratos: observer.handler({ from: "bridge", to: "ory" }, kratos.fetch),
  };
}

/** Listens on the ports of the page, of Jumio and of Kratos. Fails if a port is in use. */
async function listen(
  { page, jumio, kratos }: { page: Handler; jumio: Handler; kratos: Handler },
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
  const servers = [serve(0, page), serve(2, jumio), serve(3, kratos)];
  await servicePort.shutdown();
  return servers;
}
