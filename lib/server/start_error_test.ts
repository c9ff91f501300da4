// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { explainListening, explainPermission, StartError } from "./start_error.ts";

const LISTENING: readonly [what: string, error: Error, expected: RegExp][] = [
  ["a port of the system", new Deno.errors.PermissionDenied("no"), /^Port 4000 needs more rights/],
  ["a port in use", new Deno.errors.AddrInUse("in use"), /^Port 4000 is in use: set PORT/],
  [
    "an address of another machine",
    new Deno.errors.AddrNotAvailable("no"),
    /^Cannot listen at HOST/,
  ],
  ["a name that nobody knows", new Error("failed to lookup"), /^Cannot listen at HOST/],
];

for (const [what, error, expected] of LISTENING) {
  Deno.test(`explainListening() says which setting to change for ${what}`, () => {
    const explained = explainListening(error, { host: "10.0.0.1", port: 4000 });

    assert(explained instanceof StartError);
    assert.match(explained.message, expected);
  });
}

Deno.test("explainListening() passes on what no setting can change", () => {
  const error = new Error("a bug of the platform");

  assert.equal(explainListening(error, { host: undefined, port: 4000 }), error);
});

Deno.test("explainPermission() names the command for another folder, and the permission for a server", async () => {
  const error = new Deno.errors.NotCapable("Requires env access");

  const messages = await Promise.all(
    ["/srv/kv.sqlite3", "https://kv.example.com"]
      .map(async (path) => (await explainPermission(error, path)).message),
  );

  assert.match(messages[0] ?? "", /--allow-read=\/srv /);
  assert.match(messages[1] ?? "", /Requires env access/);
});
