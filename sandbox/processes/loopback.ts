/** A port of 127.0.0.1 that nobody listens on at this moment. */
export function getFreePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/**
 * Asks until the answer is yes. What throws counts as no.
 *
 * @throws {Error} After the deadline; it names what did not come.
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
  throw new Error(`Waited in vain until ${what}`, { cause: last });
}
