// SPDX-License-Identifier: Apache-2.0
import { getFreePort } from "../../../sandbox/processes/loopback.ts";

/** A call of one of our hooks by Kratos. */
export interface HookCall {
  readonly path: string;
  readonly identityId: string;
  readonly status: number;
}

/** Stands between Kratos and the service, passes every hook on, and remembers it. */
export interface HookRecorder extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly HookCall[];
}

export function recordHooks(serviceUrl: string): HookRecorder {
  const calls: HookCall[] = [];
  const port = getFreePort();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen() {} },
    async (request) => {
      const { pathname: path } = new URL(request.url);
      const body = await request.text();
      const { method, headers } = request;
      const answer = await fetch(serviceUrl + path, { method, headers, body });
      calls.push({ path, identityId: JSON.parse(body)["identity_id"], status: answer.status });
      return new Response(await answer.text(), { status: answer.status, headers: answer.headers });
    },
  );
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
