import type { Store } from "../kv/store.ts";
import type { Write } from "../kv/write.ts";

/**
 * A store that reports each committed write, so that a job runner looks at once for the jobs that
 * the write makes due. No caller has to know which jobs a write contains.
 */
export function createWakingStore(store: Store, wakeFor: (write: Write) => void): Store {
  return {
    ...store,
    async commit(write) {
      const isCommitted = await store.commit(write);
      if (isCommitted) wakeFor(write);
      return isCommitted;
    },
  };
}
