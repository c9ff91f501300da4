// SPDX-License-Identifier: Apache-2.0
import type { Row } from "../../lib/kv/write.ts";
import type { SharedRows } from "../support/model_store.ts";

/** Reads the value of a row as it is stored, past the instances. */
export function readRow<Value>({ rows }: SharedRows, key: Deno.KvKey): Value | null {
  // As with a store, the reader names the type of what the service has written.
  const row = rows.get(JSON.stringify(key)) as Row<Value> | undefined;
  return row?.value ?? null;
}
