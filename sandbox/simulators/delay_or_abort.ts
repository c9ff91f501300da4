// SPDX-License-Identifier: Apache-2.0
/**
 * Delays an answer by `ms`. Ends early when the client closes the connection.
 *
 * Reads `request.signal` only if there is a delay: Deno.serve logs a warning when a handler reads it.
 */
export async function delayOrAbort(ms: number, request: Request): Promise<void> {
  if (ms <= 0) return;
  const { signal } = request;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    }
  });
}
