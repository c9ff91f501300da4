// SPDX-License-Identifier: Apache-2.0
/** Hosts that reach one another without a network. */
export interface Network {
  readonly fetch: typeof globalThis.fetch;
  connect(origin: string, host: (request: Request) => Promise<Response>): void;
  /** Holds the next request of this method whose path ends so, before the host sees it. */
  holdCall(method: string, pathEnd: string): HeldCall;
}

/** A request that waits for a test. */
export interface HeldCall {
  /** Resolves when the request is made. */
  readonly made: Promise<void>;
  release(): void;
}

/** Creates a network without hosts. A request ends when its signal aborts, as a real one does. */
export function createNetwork(): Network {
  const hosts = new Map<string, (request: Request) => Promise<Response>>();
  const held: { isMeant: (request: Request) => boolean; hold: () => Promise<void> }[] = [];

  async function waitIfHeld(request: Request): Promise<void> {
    const index = held.findIndex(({ isMeant }) => isMeant(request));
    if (index >= 0) await held.splice(index, 1)[0]?.hold();
  }

  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      const host = hosts.get(new URL(request.url).origin);
      if (host === undefined) throw new TypeError("There is no such host in this test");
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const abort = () => reject(request.signal.reason);
      request.signal.addEventListener("abort", abort, { once: true });
      try {
        const answer = waitIfHeld(request).then(() => host(request));
        return await Promise.race([answer, aborted]);
      } finally {
        request.signal.removeEventListener("abort", abort);
      }
    },
    connect: (origin, host) => void hosts.set(origin, host),
    holdCall(method, pathEnd) {
      const made = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held.push({
        isMeant: (request) =>
          request.method === method && new URL(request.url).pathname.endsWith(pathEnd),
        hold: () => (made.resolve(), released.promise),
      });
      return { made: made.promise, release: released.resolve };
    },
  };
}
