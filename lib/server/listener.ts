// SPDX-License-Identifier: Apache-2.0
import type { SetTimer } from "../deadline.ts";
import type { Handler } from "../http/handler.ts";
import { describeError, type Log } from "../log.ts";

/** All addresses of IPv6, and on most systems those of IPv4 too. */
const ANY_ADDRESS = "::";

/** All addresses of IPv4, where there is no IPv6 or where it is apart from IPv4. */
const ANY_IPV4_ADDRESS = "0.0.0.0";

/** How long each answer asks the client to close its connection, before the service stops. */
export const CLOSING_MS = 500;

/** How long to wait after a failure before listening again. */
const RETRY_MS = 1_000;

/** What the service uses of Deno's server. */
export interface Server {
  /** Rejects if the server cannot accept connections any more. */
  readonly finished: Promise<void>;
  /** Accepts no more connections, closes idle ones, and waits for the answers under way. */
  shutdown(): Promise<void>;
}

/** Listens, and calls the handler for each request. `hostname` undefined: the platform chooses. */
export type Serve = (
  options: {
    port: number;
    hostname?: string;
    onListen: (address: { port: number; hostname?: string }) => void;
  },
  handler: Handler,
) => Server;

/** The settings and the parts of the runtime that listening depends on. */
export interface ListenerOptions {
  readonly host: string | undefined;
  readonly port: number;
  readonly handler: Handler;
  readonly serve: Serve;
  /** Whether 127.0.0.1 answers at this port. */
  readonly answersOnIpv4: (port: number) => Promise<boolean>;
  readonly setTimer: SetTimer;
  readonly log: Log;
}

/**
 * Accepts connections until it is stopped.
 *
 * Deno closes no idle connection and no half-sent request (deno#32497, deno#3515; seen in 2.9.6). When
 * the process has no more file descriptors, Deno's server ends. Its shutdown then closes those
 * connections, and a new server takes its place.
 */
export class Listener {
  readonly #options: ListenerOptions;
  #host: string | undefined;
  #port: number;
  #server: Server | undefined;
  /** The ends of the servers that failed. */
  #retired: Promise<unknown> = Promise.resolve();
  #cancelRetry = () => {};
  #isClosing = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#port = options.port;
  }

  /**
   * Listens. For IPv4 alone, if the system gives `::` no IPv4.
   *
   * @throws What `serve` throws, for example because the port is in use.
   */
  async start(): Promise<void> {
    try {
      this.#listen();
    } catch (error) {
      if (this.#host !== ANY_ADDRESS || error instanceof Deno.errors.AddrInUse) throw error;
      this.#host = ANY_IPV4_ADDRESS;
      this.#listen();
    }
    if (this.#host !== ANY_ADDRESS || await this.#options.answersOnIpv4(this.#port)) return;
    await this.#server?.shutdown();
    if (this.#isClosing) return;
    this.#host = ANY_IPV4_ADDRESS;
    this.#listen();
  }

  /**
   * Stops after half a second, in which each answer has `Connection: close`. Without it, a client
   * could send the next request on a connection that is closed at this moment, and get no answer.
   */
  async stop(): Promise<void> {
    this.#isClosing = true;
    this.#cancelRetry();
    if (this.#server === undefined) return;
    await new Promise<void>((resolve) => this.#options.setTimer(resolve, CLOSING_MS));
    await Promise.all([this.#server.shutdown(), this.#retired]);
  }

  #listen(): void {
    const { handler, serve, log } = this.#options;
    const finish = (response: Response) => {
      if (this.#isClosing) response.headers.set("connection", "close");
    };
    const server = serve({
      port: this.#port,
      ...(this.#host === undefined ? {} : { hostname: this.#host }),
      onListen: ({ port, hostname }) => {
        this.#port = port;
        log.info("Listening", { port, host: hostname, deno: Deno.version.deno });
      },
    }, (request, info) => handler(request, info, finish));
    this.#server = server;
    server.finished.catch((error) => {
      log.error("Cannot accept connections, so idle ones are closed", describeError(error));
      this.#retired = Promise.allSettled([this.#retired, server.shutdown()]);
      this.#retryLater();
    });
  }

  #retryLater(): void {
    if (this.#isClosing) return;
    this.#cancelRetry = this.#options.setTimer(() => {
      try {
        this.#listen();
      } catch (error) {
        this.#options.log.error("Cannot listen again", describeError(error));
        this.#retryLater();
      }
    }, RETRY_MS);
  }
}
