// SPDX-License-Identifier: Apache-2.0
import type { Store } from "../../lib/kv/store.ts";
import type { Row } from "../../lib/kv/write.ts";

const MAX_ROWS = 10_000;

/** All rows of a store at one moment. */
export type StoreCopy = readonly Row<unknown>[];

/** Copies all rows, as a backup does. */
export async function copyStore(store: Store): Promise<StoreCopy> {
  return await store.list({ prefix: [] }, { limit: MAX_ROWS });
}

/** Puts a store back to a copy. Without one, all rows are lost. */
export async function restoreStore(store: Store, copy: StoreCopy = []): Promise<void> {
  const present = await copyStore(store);
  await store.commit({ deletes: present.map(({ key }) => key) });
  await store.commit({ sets: copy.map(({ key, value }) => ({ key, value })) });
}
