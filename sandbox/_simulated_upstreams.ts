// SPDX-License-Identifier: Apache-2.0
import { delay } from "../lib/deadline.ts";
import {
  createDirectFetch,
  createParties,
  deleteStore,
  type Parties,
  RECONCILE_AFTER_SECONDS,
  SANDBOX_SECRET,
  type SandboxUrls,
} from "./_parties.ts";
import { findCaller, type Receiver } from "./page/callers.ts";
import { createObserver, type Observer } from "./page/observer.ts";
import { createSandboxPage } from "./page/sandbox_page.ts";
import { createSwitches } from "./page/switches.ts";
import { createVisitorActions } from "./page/visitor_actions.ts";
import { createProxy } from "./processes/proxy.ts";
import { PORTS } from "./setup.ts";
import { JSONNET_CURE } from "./simulators/kratos/jsonnet.ts";
import { stopOnSignal, type Terminal } from "./terminal.ts";

type Handler = (request: Request) => Promise<Response>;

/** Who listens in the process of the sandbox. */
interface Handlers {
  readonly page: Handler;
  /** In front of the service. */
  readonly public: Handler;
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
  // One that was killed leaves its store.
  await deleteStore({ root, urls });
  stopOnSignal(async () => {
    await service.stop();
    await terminal.drained();
    await deleteStore({ root, urls });
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
    `The operator's page is ${urls.public}/operator/, its secret ${SANDBOX_SECRET}`,
  );
  terminal.open();
  const { code } = await service.ended;
  await terminal.drained();
  Deno.exit(code);
}

function toUrls(port: number): SandboxUrls {
  const at = (offset: number) => `http://127.0.0.1:${port + offset}`;
  return { page: at(0), public: at(1), jumio: at(2), kratos: at(3), app: at(4), service: at(5) };
}

/** The handlers of all servers. The observer sees the calls of everybody who is not simulated. */
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
      operatorSecret: SANDBOX_SECRET,
      publicUrl: urls.public,
      fetch: createDirectFetch(urls),
      delay,
    }),
    switches: createSwitches({ jumio, kratos, actions, service }),
    service,
    reconcileAfterMs: RECONCILE_AFTER_SECONDS * 1000,
    now: Date.now,
    places: {
      appUrl: urls.app,
      operator: { url: `${urls.public}/operator/`, secret: SANDBOX_SECRET },
    },
    readFile: (name) => Deno.readFile(new URL(`sandbox/page/assets/${name}`, root)),
  });
  const watch = (to: Receiver, handler: Handler): Handler => (request) => {
    const from = findCaller(to, request);
    return from === undefined ? handler(request) : observer.handler({ from, to }, handler)(request);
  };
  const bridge = watch("bridge", createProxy({ target: urls.service, fetch }));
  return {
    page: page.fetch,
    public: (request) => bridge(request).catch(() => answerForKilledService(urls)),
    jumio: watch("jumio", jumio.fetch),
    kratos: watch("ory", kratos.fetch),
    app: watch("app", app),
  };
}

/** What a browser shows while nothing listens at the address of the service. */
function answerForKilledService({ page }: SandboxUrls): Response {
  return new Response(
    `The bridge does not answer. Its switch is on the page of the sandbox: ${page}\n`,
    {
      status: 502,
    },
  );
}

/** Listens on the ports of everybody except the service. Fails if a port is in use. */
async function listen(
  handlers: Handlers,
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

  // In the order of `toUrls`.
  const { page, public: bridge, jumio, kratos, app } = handlers;
  const servers = [page, bridge, jumio, kratos, app].map((handler, offset) =>
    serve(offset, handler)
  );
  // Occupies the service's port for a moment, so that a port in use is reported here.
  const servicePort = serve(PORTS - 1, page);
  await servicePort.shutdown();
  return servers;
}
