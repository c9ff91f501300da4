import type { CallAnswer, ObservedCall, Party } from "./observed_call.ts";
import { maskAddress, maskMessage } from "./mask.ts";

/** The newest calls are kept, so that a page opened later shows them too. */
const KEPT = 300;

/** Between whom a call goes. */
export interface Route {
  readonly from: Party;
  readonly to: Party;
}

/** Sees the calls that go through what it has wrapped. Keeps them masked, never as they were. */
export interface Observer {
  readonly calls: readonly ObservedCall[];
  /** Gets each call twice: when it starts and when it has ended. */
  subscribe(listener: (call: ObservedCall) => void): void;
  /** Wraps the server of a party. */
  handler(route: Route, handler: Handler): Handler;
  /** Wraps what a party calls with. */
  fetch(route: Route, fetch: typeof globalThis.fetch): typeof globalThis.fetch;
}

type Handler = (request: Request) => Promise<Response>;

/** Creates an observer with a memory of its own. */
export function createObserver({ now }: { now: () => number }): Observer {
  const calls: ObservedCall[] = [];
  const listeners: ((call: ObservedCall) => void)[] = [];
  let nextId = 1;

  function tell(call: ObservedCall): void {
    for (const listener of listeners) listener(call);
  }

  function start({ from, to }: Route, request: Request, body: string): ObservedCall {
    const url = new URL(request.url);
    const call: ObservedCall = {
      id: nextId++,
      from,
      to,
      method: request.method,
      path: maskAddress(url.pathname + url.search),
      request: maskMessage(request.headers, body),
      startedAt: now(),
      answer: undefined,
    };
    calls.push(call);
    if (calls.length > KEPT) calls.shift();
    tell(call);
    return call;
  }

  function end(call: ObservedCall, answer: Omit<CallAnswer, "durationMs">): void {
    const ended = { ...call, answer: { ...answer, durationMs: now() - call.startedAt } };
    const at = calls.findIndex(({ id }) => id === call.id);
    if (at >= 0) calls[at] = ended;
    tell(ended);
  }

  async function observe(
    call: ObservedCall,
    answer: () => Promise<Response>,
  ): Promise<Response> {
    try {
      const response = await answer();
      // Read here to its end, so that what is shown is what the caller gets.
      const body = await response.text();
      const { status, headers } = response;
      end(call, { status, ...maskMessage(headers, body) });
      const hasBody = response.body !== null && ![204, 205, 304].includes(status);
      return new Response(hasBody ? body : null, { status, headers });
    } catch (error) {
      end(call, { status: undefined, headers: [], body: "" });
      throw error;
    }
  }

  return {
    calls,
    subscribe: (listener) => void listeners.push(listener),
    handler(route, handler) {
      return async (request) => {
        const body = await request.text();
        const call = start(route, request, body);
        const { url, method, headers } = request;
        const isRead = method === "GET" || method === "HEAD";
        const copy = new Request(url, { method, headers, ...(isRead ? {} : { body }) });
        return await observe(call, () => handler(copy));
      };
    },
    fetch(route, fetch) {
      return async (input, init) => {
        const request = new Request(input, init);
        const call = start(route, request, await request.clone().text());
        return await observe(call, () => fetch(request));
      };
    },
  };
}
