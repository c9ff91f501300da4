import assert from "node:assert/strict";
import { createStore } from "../../lib/kv/store.ts";
import type { Sum } from "../../lib/kv/write.ts";
import { startDenokv } from "../../sandbox/processes/denokv.ts";

/** Adds the amounts one after the other. Returns the sum after each write. */
async function addUp(path: string, amounts: readonly number[]): Promise<unknown[]> {
  const store = createStore({ open: () => Deno.openKv(path) });
  const key = ["sum"];
  const sums = [];
  for (const amount of amounts) {
    await store.commit({ sums: [{ key, amount }] });
    sums.push((await store.get<Sum>(key)).value?.value);
  }
  await store.close();
  return sums;
}

Deno.test("Store.commit() adds negative amounts to a sum, below zero and back, on a file and on denokv", async () => {
  await using denokv = await startDenokv();
  Deno.env.set("DENO_KV_ACCESS_TOKEN", denokv.accessToken);
  const folder = await Deno.makeTempDir({ prefix: "sums-" });

  const onFile = await addUp(`${folder}/kv.sqlite3`, [-2, 1, 4, -1]);
  const onDenokv = await addUp(denokv.url, [-2, 1, 4, -1]);
  await Deno.remove(folder, { recursive: true });

  const wanted = [2n ** 64n - 2n, 2n ** 64n - 1n, 3n, 2n];
  assert.deepEqual(onFile, wanted);
  assert.deepEqual(onDenokv, wanted);
});
