// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const FOLDER = new URL("../../routes/operator/page/", import.meta.url);

/** Forms that change nothing which is stored, so that a read-only operator may send them. */
const OTHERS: ReadonlySet<string> = new Set(["sign-in", "sign-out"]);

/** The code of the operator's page, by file. */
async function readCode(): Promise<readonly { file: string; text: string }[]> {
  const found = [];
  for await (const { name: file } of Deno.readDir(FOLDER)) {
    if (!file.endsWith(".ts") || file.endsWith("_test.ts")) continue;
    found.push({ file, text: await Deno.readTextFile(new URL(file, FOLDER)) });
  }
  return found;
}

Deno.test("every form of the operator's page that changes something is made by renderChange()", async () => {
  const found = (await readCode()).flatMap(({ file, text }) =>
    [...text.matchAll(/method="post"\s+action="([^"]*)"/g)].map(([, action = ""]) => ({
      file,
      action,
    }))
  );

  assert(found.length >= 3);
  assert.deepEqual(found.filter(({ action }) => !OTHERS.has(action)), [
    { file: "_read_only.ts", action: "${action}" },
  ]);
});

Deno.test("every address on the operator's page is relative, so that it works behind a path", async () => {
  const found = (await readCode()).flatMap(({ file, text }) =>
    [...text.matchAll(/(?:href|action|src)="([^"]*)"|redirect\([`"]([^`"]*)/g)]
      .map(([, link, location]) => ({ file, address: link ?? location ?? "" }))
  );

  assert(found.length >= 8);
  assert.deepEqual(found.filter(({ address }) => address.startsWith("/")), []);
});
