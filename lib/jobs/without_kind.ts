// SPDX-License-Identifier: Apache-2.0
import type { JobKind } from "./kind.ts";
import type { Store } from "../kv/store.ts";

/** The first part of the key of each row that requests a job. */
const REQUEST_TABLES: readonly Deno.KvKeyPart[] = ["job", "due", "job_count"];

/**
 * A store that stores no jobs of a kind. So a caller need not know whether the kind is
 * configured. Jobs that are stored already can still be deleted.
 */
export function createStoreWithoutKind(store: Store, { name }: Pick<JobKind, "name">): Store {
  function isOther({ key: [table = "", kind] }: { readonly key: Deno.KvKey }): boolean {
    return kind !== name || !REQUEST_TABLES.includes(table);
  }

  return {
    ...store,
    commit: ({ sets = [], sums = [], ...write }) =>
      store.commit({
        ...write,
        sets: sets.filter(isOther),
        sums: sums.filter((sum) => sum.amount < 0 || isOther(sum)),
      }),
  };
}
