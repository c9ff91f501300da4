// SPDX-License-Identifier: Apache-2.0
// Systems take the ports of outgoing connections from 32768 (Linux) or 49152 (macOS) on. A port below
// cannot be taken by one of those between the moment it is found and the moment a server listens.
const FIRST_PORT = 10_000;
const LAST_PORT = 32_000;

/** Each call continues here, so that no port is given twice. Processes begin at different ports. */
let nextPort = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));

/** Returns the first of `count` consecutive ports of 127.0.0.1 that are free at this moment. */
export function getFreePort(count = 1): number {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (nextPort + count > LAST_PORT) nextPort = FIRST_PORT;
    const first = nextPort;
    nextPort += count;
    if (Array.from({ length: count }, (_, offset) => first + offset).every(isFree)) return first;
  }
  throw new Error(`Cannot find ${count} free ports in a row`);
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/**
 * Polls until `isSo` returns true. An error that it throws counts as false. The deadline is there for
 * what never comes: it is longer than a slow machine needs.
 *
 * @throws {Error} After the deadline, with `what` in the message and the last error as cause.
 */
export async function waitUntil(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  { deadlineMs = 60_000 }: { deadlineMs?: number } = {},
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
