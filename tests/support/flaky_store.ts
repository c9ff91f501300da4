// SPDX-License-Identifier: Apache-2.0
import { UpstreamError } from "../../lib/upstream/error.ts";
import type { Store } from "../../lib/kv/store.ts";
import { createMemoryStore } from "./memory_store.ts";

/** A store in memory whose calls fail while `isDown`. */
export function createFlakyStore({ isDown = false } = {}): Store & { isDown: boolean } {
  const store = createMemoryStore();
  const flaky = {
    isDown,
    get: <Value>(key: Deno.KvKey) => pass(() => store.get<Value>(key)),
    getMany: <Values extends readonly unknown[]>(
      keys: readonly [...{ [Index in keyof Values]: Deno.KvKey }],
    ) => pass(() => store.getMany<Values>(keys)),
    list: <Value>(selector: Deno.KvListSelector, options: { limit: number }) =>
      pass(() => store.list<Value>(selector, options)),
    commit: (write: Parameters<Store["commit"]>[0]) => pass(() => store.commit(write)),
    close: store.close,
  };

  async function pass<Value>(call: () => Promise<Value>): Promise<Value> {
    if (flaky.isDown) throw new UpstreamError("kv", "timeout", { action: "use KV" });
    return await call();
  }

  return flaky;
}
