import type { Store, Write } from "./store.ts";

/** How often a write is made again after another was faster. */
const ATTEMPTS = 10;

/**
 * Makes a write from what is there at this moment and commits it; anew while others are faster.
 * False where nothing is to be written.
 *
 * @throws {Error} Where the rows keep changing: then there is a storm, or a bug.
 */
export async function updateRows(
  store: Store,
  make: () => Promise<Write | undefined>,
): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const write = await make();
    if (write === undefined) return false;
    if (await store.commit(write)) return true;
  }
  throw new Error("Cannot write: the rows that it is made from keep changing");
}
