import assert from "node:assert/strict";
import type { TestContext } from "./context.ts";

/** Asserts that a refusal wrote nothing and called no upstream. */
export async function assertUntouched({ store, jumio, kratos }: TestContext): Promise<void> {
  const rows = await store.list({ prefix: [] }, { limit: 10 });
  assert.deepEqual(rows.map(({ key }) => key), []);
  assert.deepEqual(jumio.calls, []);
  assert.deepEqual(kratos.calls, []);
}
