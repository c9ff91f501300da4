// SPDX-License-Identifier: Apache-2.0
import { maskAddress, maskMessage } from "./mask.ts";
import type { CallAnswer, ObservedCall, Party } from "./observed_call.ts";

/** How many of the newest calls are kept, for pages that are opened later. */
const MAX_CALLS = 300;

/** The two parties of a call. */
export interface Route {
  readonly from: Party;
  readonly to: Party;
}

/** Records the calls that pass through its wrappers. Masks secrets before it stores a call. */
export interface Observer {
  readonly calls: readonly ObservedCall[];
  /** Calls the listener twice for each call: when it starts and when it has ended. */
  subscribe(listener: (call: ObservedCall) => void): void;
  /** Wraps the handler of a server. */
  handler(route: Route, handler: Handler): Handler;
  /** Wraps the `fetch` of a client. */
  fetch(route: Route, fetch: typeof globalThis.fetch): typeof globalThis.fetch;
}

type Handler = (request: Request) => Promise<Response>;

export function createObserver({ now }: { now: () => number }): Observer {
  const log = createCallLog({ now });
  return {
    calls: log.calls,
    subscribe: log.subscribe,
    handler(route, handler) {
      return async (request) => {
        const body = await request.text();
        const call = log.start(route, request, body);
        const { url, method, headers } = request;
        const isRead = method === "GET" || method === "HEAD";
        const copy = new Request(url, { method, headers, ...(isRead ? {} : { body }) });
        return await observe(call, { log, answer: () => handler(copy) });
      };
    },
    fetch(route, fetch) {
      return async (input, init) => {
        const request = new Request(input, init);
        const call = log.start(route, request, await request.clone().text());
        return await observe(call, { log, answer: () => fetch(request) });
      };
    },
  };
}

interface CallLog extends Pick<Observer, "calls" | "subscribe"> {
  start(route: Route, request: Request, body: string): ObservedCall;
  end(call: ObservedCall, answer: Omit<CallAnswer, "durationMs">): void;
}

function createCallLog({ now }: { now: () => number }): CallLog {
  const calls: ObservedCall[] = [];
  const listeners: ((call: ObservedCall) => void)[] = [];
  let nextId = 1;

  function notify(call: ObservedCall): void {
    for (const listener of listeners) listener(call);
  }

  return {
    calls,
    subscribe: (listener) => void listeners.push(listener),
    start({ from, to }, request, body) {
      const { pathname, search } = new URL(request.url);
      const call: ObservedCall = {
        id: nextId++,
        from,
        to,
        method: request.method,
        path: maskAddress(pathname + search),
        request: maskMessage(request.headers, body),
        startedAt: now(),
        answer: undefined,
      };
      calls.push(call);
      if (calls.length > MAX_CALLS) calls.shift();
      notify(call);
      return call;
    },
    end(call, answer) {
      const ended = { ...call, answer: { ...answer, durationMs: now() - call.startedAt } };
      const index = calls.findIndex(({ id }) => id === call.id);
      if (index >= 0) calls[index] = ended;
      notify(ended);
    },
  };
}

/** Answers a call and records the answer. */
async function observe(
  call: ObservedCall,
  { log, answer }: { log: CallLog; answer: () => Promise<Response> },
): Promise<Response> {
  try {
    const response = await answer();
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
      // It ends when the page is closed, so nobody can wait for its body.
      log.end(call, { status: response.status, ...maskMessage(response.headers, "(a stream)") });
      return response;
    }
    // Reads the whole body, so that the page shows what the caller gets.
    const body = await response.text();
    const { status, headers } = response;
    log.end(call, { status, ...maskMessage(headers, body) });
    const hasBody = response.body !== null && ![204, 205, 304].includes(status);
    return new Response(hasBody ? body : null, { status, headers });
  } catch (error) {
    log.end(call, { status: undefined, headers: [], body: "" });
    throw error;
  }
}
