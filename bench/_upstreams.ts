// SPDX-License-Identifier: Apache-2.0
/** Minimal Jumio and Ory: every execution has passed, and every identity exists. */
export interface Upstreams {
  readonly fetch: typeof globalThis.fetch;
  /** How long the service has waited for answers so far, in milliseconds. */
  waitedMs(): number;
  /** How many patches of identities there were, repeats included. */
  patches(): number;
}

/** Creates upstreams in this process. An execution, its account and its identity share one id. */
export function createUpstreams(
  { isFinal = true, onPatch = () => {} }: {
    /** Whether a poll finds the execution finished. */
    isFinal?: boolean;
    onPatch?: (identityId: string) => void;
  } = {},
): Upstreams {
  let patches = 0;
  let waitedMs = 0;

  function answer(method: string, { pathname }: URL): Response {
    if (pathname.endsWith("/oauth2/token")) {
      return Response.json({ "access_token": "token", "expires_in": 3600 });
    }
    const parts = pathname.split("/");
    const id = parts.find((part) => /^[0-9a-f-]{36}$/.test(part)) ?? "";
    if (pathname.startsWith("/admin/identities/")) {
      if (method === "PATCH") {
        patches++;
        onPatch(id);
      }
      return Response.json({ id, "metadata_public": {} });
    }
    const status = isFinal ? "PROCESSED" : "INITIATED";
    if (pathname.endsWith("/status")) {
      return Response.json({ account: { id }, workflowExecution: { id, status } });
    }
    return Response.json({
      workflow: { id, status, customerInternalReference: id, userReference: id },
      account: { id },
      decision: { type: "PASSED" },
    });
  }

  return {
    fetch(input, init) {
      const startedAt = performance.now();
      const request = input instanceof Request ? input : new Request(input, init);
      const response = answer(request.method, new URL(request.url));
      waitedMs += performance.now() - startedAt;
      return Promise.resolve(response);
    },
    waitedMs: () => waitedMs,
    patches: () => patches,
  };
}
