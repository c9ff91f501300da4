// SPDX-License-Identifier: Apache-2.0
import { createLog, type Log, type LogLevel } from "../../lib/log.ts";
import { createStore, type Store } from "../../lib/kv/store.ts";

/** A store in memory, closed when its scope ends. No call runs into its deadline on a slow machine. */
export function createMemoryStore(): Store & AsyncDisposable {
  const setDeadline = () => () => {};
  const store = createStore({ open: () => Deno.openKv(":memory:"), setDeadline });
  return { ...store, [Symbol.asyncDispose]: () => store.close() };
}

/** A log whose lines a test can look at. */
export function createTestLog(level: LogLevel = "debug"): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return { lines, log: createLog({ level, write: (line) => lines.push(line), now: () => 0 }) };
}
