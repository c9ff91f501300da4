// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);

const SOURCES = /\.(?:ts|js|css|jsonnet|py|ya?ml|conf|tpl|service)$|(?:^|\/)(?:run|Containerfile)$/;

/** Folders of tools, and what they write. */
const OTHERS = /^(?:\.git|\.tools|\.cache|\.reports|coverage|data|screenshots)\/|node_modules\//;

Deno.test("every source file names its licence in its first line", async () => {
  const paths = readdirSync(ROOT, { recursive: true, encoding: "utf8" });
  const sources = paths.filter((path) => SOURCES.test(path) && !OTHERS.test(path));
  assert(sources.length > 500);

  const without: string[] = [];
  for (const path of sources) {
    const [first = "", second = ""] = (await Deno.readTextFile(new URL(path, ROOT))).split("\n");
    const line = first.startsWith("#!") ? second : first;
    if (!line.includes("SPDX-License-Identifier: Apache-2.0")) without.push(path);
  }
  assert.deepEqual(without, []);
});
