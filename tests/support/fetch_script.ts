// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

/** One call that a test expects, and how it is answered. */
export interface ExpectedCall {
  readonly method: string;
  readonly url: string;
  /** Looks at the request. Throws where it is not what the test expects. */
  readonly check?: (request: Request, body: string) => void;
  readonly answer: Response | (() => Response | Promise<Response>);
}

/**
 * A `fetch` that lists the calls expected, in order. It fails on one that is not, and
 * {@linkcode FetchScript.done} fails on one that was never made.
 */
export interface FetchScript {
  readonly fetch: typeof globalThis.fetch;
  done(): void;
}

/** Creates a script of calls. */
export function scriptFetch(...expected: readonly ExpectedCall[]): FetchScript {
  const left = [...expected];
  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      const call = left.shift();
      assert.equal(`${request.method} ${request.url}`, `${call?.method} ${call?.url}`);
      call?.check?.(request, await request.clone().text());
      await request.body?.cancel();
      const answer = call?.answer;
      if (answer === undefined) throw new Error("This call has no answer");
      return typeof answer === "function" ? await answer() : answer;
    },
    done() {
      assert.deepEqual(left.map(({ method, url }) => `${method} ${url}`), []);
    },
  };
}
