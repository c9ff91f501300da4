/** Returns a port of 127.0.0.1 that is free at this moment. */
export function getFreePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/**
 * Polls until `isSo` returns true. An error that it throws counts as false.
 *
 * @throws {Error} After the deadline, with `what` in the message and the last error as cause.
 */
export async function waitUntil(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  { deadlineMs = 20_000 }: { deadlineMs?: number } = {},
): Promise<void> {
  const end = performance.now() + deadlineMs;
  let last: unknown;
  while (performance.now() < end) {
    try {
      if (await isSo()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Timed out waiting until ${what}`, { cause: last });
}
