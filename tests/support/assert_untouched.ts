// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "./context.ts";

/** Asserts that a refusal wrote nothing and called no upstream so far. */
export async function assertUntouched({ store, jumio, kratos }: TestContext): Promise<void> {
  // Read before the first wait: work in the background may begin after the answer.
  const calls = [...jumio.calls, ...kratos.calls];
  const rows = await store.list({ prefix: [] }, { limit: 10 });
  assert.deepEqual(rows.map(({ key }) => key), []);
  assert.deepEqual(calls, []);
}
