/** A request as plain data, so that another thread can send it. */
export interface CallerRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What it came to. */
export interface CallerAnswer {
  readonly status: number;
  /** Milliseconds from the request until the whole answer was there. */
  readonly ms: number;
}

/** Sends requests from a thread that does nothing else: what it measures waits for no simulator. */
export interface Caller extends Disposable {
  post(request: CallerRequest): Promise<CallerAnswer>;
}

/** Starts the thread. */
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
