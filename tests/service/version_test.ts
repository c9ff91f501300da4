// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { USER_AGENT } from "../../lib/upstream/call.ts";
import { VERSION } from "../../lib/upstream/version.ts";

const read = (path: string) => Deno.readTextFile(new URL(`../../${path}`, import.meta.url));

Deno.test("deno.json is the source of the version", async () => {
  assert.match(VERSION, /^\d+\.\d+\.\d+$/);
  assert.equal(JSON.parse(await read("deno.json")).version, VERSION);
  assert.equal(USER_AGENT, `ory-jumio-bridge ory-jumio-bridge/${VERSION}`);
});

for (
  const [path, pattern] of [
    ["deploy/Containerfile", /image\.version="([^"]+)"/],
    ["deploy/helm/ory-jumio-bridge/Chart.yaml", /^version: (.+)\nappVersion: \1$/m],
    ["types/package.json", /"version": "([^"]+)"/],
    ["CHANGELOG.md", /^## ([\d.]+)/m],
  ] as const
) {
  Deno.test(`${path} names the version of deno.json`, async () => {
    assert.equal(pattern.exec(await read(path))?.[1], VERSION);
  });
}
