// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { UpstreamError } from "../upstream/error.ts";
import { createFileWatch, type FileIdentity, type FileWatch } from "./file_watch.ts";

const FILE: FileIdentity = { dev: 1, ino: 42 };

/** A file that a test deletes and replaces. */
async function createWatched(): Promise<{
  watch: FileWatch;
  file: { identity: FileIdentity | undefined; looks: number; now: number; gone: number };
}> {
  const file = { identity: FILE as FileIdentity | undefined, looks: 0, now: 0, gone: 0 };
  const watch = createFileWatch("kv.sqlite3", {
    read() {
      file.looks++;
      return file.identity === undefined
        ? Promise.reject(new Deno.errors.NotFound())
        : Promise.resolve(file.identity);
    },
    monotonic: () => file.now,
    onGone: () => file.gone++,
  });
  await watch.remember();
  return { watch, file };
}

function isGone(error: unknown): boolean {
  return error instanceof UpstreamError && error.reason === "file_gone";
}

for (
  const [what, identity] of [
    ["deleted", undefined],
    ["replaced by another file", { dev: 1, ino: 43 }],
    ["replaced by a file of another disk", { dev: 2, ino: 42 }],
  ] as const
) {
  Deno.test(`FileWatch fails while the file is ${what}, reports that once, and recovers`, async () => {
    const { watch, file } = await createWatched();
    await watch.check();

    file.identity = identity;
    file.now = 1_000;
    await assert.rejects(watch.check(), isGone);
    await assert.rejects(watch.check(), isGone);
    file.identity = FILE;
    await watch.check();

    assert.equal(file.gone, 1);
  });
}

Deno.test("FileWatch looks at the file at most once a second", async () => {
  const { watch, file } = await createWatched();
  file.looks = 0;

  for (file.now = 0; file.now < 3_000; file.now += 100) await watch.check();

  assert.equal(file.looks, 3);
});

Deno.test("FileWatch says nothing before KV was opened", async () => {
  const watch = createFileWatch("kv.sqlite3", {
    read: () => Promise.reject(new Deno.errors.NotFound()),
    monotonic: () => 0,
    onGone: () => assert.fail(),
  });

  await watch.check();
});
