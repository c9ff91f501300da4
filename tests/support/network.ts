// SPDX-License-Identifier: Apache-2.0
/** Hosts that reach one another without a network. */
export interface Network {
  readonly fetch: typeof globalThis.fetch;
  connect(origin: string, host: (request: Request) => Promise<Response>): void;
}

/** Creates a network without hosts. A request ends when its signal aborts, as a real one does. */
export function createNetwork(): Network {
  const hosts = new Map<string, (request: Request) => Promise<Response>>();
  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      const host = hosts.get(new URL(request.url).origin);
      if (host === undefined) throw new TypeError("There is no such host in this test");
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const abort = () => reject(request.signal.reason);
      request.signal.addEventListener("abort", abort, { once: true });
      try {
        return await Promise.race([host(request), aborted]);
      } finally {
        request.signal.removeEventListener("abort", abort);
      }
    },
    connect: (origin, host) => void hosts.set(origin, host),
  };
}
