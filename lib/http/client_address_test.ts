import assert from "node:assert/strict";
import { parseSources } from "./client_address.ts";

Deno.test("parseSources() knows addresses and ranges of both families", () => {
  const sources = parseSources(["34.202.241.227", "10.0.0.0/8", "2001:db8::/32"]);

  assert(sources.ok);
  const { value } = sources;
  assert.equal(value.includes("34.202.241.227"), true);
  assert.equal(value.includes("34.202.241.228"), false);
  assert.equal(value.includes("10.200.3.4"), true);
  assert.equal(value.includes("2001:db8::17"), true);
  assert.equal(value.includes("2001:db9::17"), false);
  assert.equal(value.includes("::ffff:10.200.3.4"), true);
  assert.equal(value.includes("not an address"), false);
});

for (const entry of ["callback.example.com", "10.0.0.0/33", "10.0.0.0/", "1.2.3.4/8/8", "1.2.3"]) {
  Deno.test(`parseSources() refuses ${entry} by its place`, () => {
    assert.deepEqual(parseSources(["10.0.0.0/8", entry]), { ok: false, badEntry: 2 });
  });
}
