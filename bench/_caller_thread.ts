// SPDX-License-Identifier: Apache-2.0
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import type { CallerAnswer, CallerRequest } from "./_caller.ts";

self.onmessage = async ({ data: { id, request } }) => {
  self.postMessage({ id, answer: await post(request) });
};

/** Status 0 means that no answer came. */
async function post({ url, headers, body }: CallerRequest): Promise<CallerAnswer> {
  const startedAt = performance.now();
  const answer = await fetch(url, { method: "POST", headers, body }).then(
    async (response) => ({ status: response.status, body: await response.text() }),
    () => ({ status: 0, body: "" }),
  );
  return { ...answer, ms: performance.now() - startedAt };
}
