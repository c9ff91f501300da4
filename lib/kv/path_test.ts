// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { isKvFile, isKvServer, startCommandFor } from "./path.ts";

const PATHS: readonly [path: string | undefined, kind: "file" | "server" | "neither"][] = [
  ["./data/kv.sqlite3", "file"],
  ["/srv/kv.sqlite3", "file"],
  ["https.sqlite3", "file"],
  ["http://127.0.0.1:4512", "server"],
  ["https://kv.example.com", "server"],
  [":memory:", "neither"],
  [undefined, "neither"],
];

for (const [path, kind] of PATHS) {
  Deno.test(`KV_PATH ${path} is ${kind === "neither" ? "neither file nor server" : `a ${kind}`}`, () => {
    assert.equal(isKvFile(path), kind === "file");
    assert.equal(isKvServer(path), kind === "server");
  });
}

Deno.test("startCommandFor() allows the folder of the file, in addition to the usual permissions", async () => {
  assert.equal(
    await startCommandFor("/srv/bridge/kv.sqlite3"),
    "deno run --quiet --frozen --no-prompt -P=start --allow-read=/srv/bridge --allow-write=/srv/bridge main.ts",
  );
});

Deno.test("startCommandFor() quotes what a shell would split or expand", async () => {
  assert.equal(
    await startCommandFor("/srv/it's a $HOME/kv.sqlite3"),
    "deno run --quiet --frozen --no-prompt -P=start '--allow-read=/srv/it'\\''s a $HOME' '--allow-write=/srv/it'\\''s a $HOME' " +
      "main.ts",
  );
});
