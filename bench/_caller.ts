// SPDX-License-Identifier: Apache-2.0
/** A request as plain data, so that another thread can send it. */
export interface CallerRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer to a {@linkcode CallerRequest}. */
export interface CallerAnswer {
  readonly status: number;
  /** Milliseconds from sending the request until the whole answer was read. */
  readonly ms: number;
  readonly body: string;
}

/** Sends requests from a thread of its own, so that the simulators do not delay what is measured. */
export interface Caller extends Disposable {
  post(request: CallerRequest): Promise<CallerAnswer>;
}

export function startCaller(): Caller {
  const worker = new Worker(new URL("./_caller_thread.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, (answer: CallerAnswer) => void>();
  let count = 0;
  worker.onmessage = ({ data: { id, answer } }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  };
  return {
    post(request) {
      const id = count++;
      const { promise, resolve } = Promise.withResolvers<CallerAnswer>();
      waiting.set(id, resolve);
      worker.postMessage({ id, request });
      return promise;
    },
    [Symbol.dispose]: () => worker.terminate(),
  };
}
