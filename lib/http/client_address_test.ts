// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { isAllowedSource, isLoopback, parseSources, sourceAddress } from "./client_address.ts";

Deno.test("parseSources() accepts addresses and ranges of both families", async () => {
  const sources = parseSources(["34.202.241.227", "10.0.0.0/8", "2001:db8::/32"]);

  assert(sources.ok);
  const { value } = sources;
  assert.equal(await value.includes("34.202.241.227"), true);
  assert.equal(await value.includes("34.202.241.228"), false);
  assert.equal(await value.includes("10.200.3.4"), true);
  assert.equal(await value.includes("2001:db8::17"), true);
  assert.equal(await value.includes("2001:db9::17"), false);
  assert.equal(await value.includes("::ffff:10.200.3.4"), true);
  assert.equal(await value.includes("not an address"), false);
  assert.equal(await value.includes("2001:db8::17%eth0"), false);
});

for (
  const entry of [
    "callback.example.com",
    "10.0.0.0/33",
    "10.0.0.0/",
    "1.2.3.4/8/8",
    "1.2.3",
    "2001:db8::/129",
    "2001:db8::/1.5",
    "fe80::1%eth0",
  ]
) {
  Deno.test(`parseSources() names the place of ${entry}`, () => {
    assert.deepEqual(parseSources(["10.0.0.0/8", entry]), { ok: false, badEntry: 2 });
  });
}

const FORWARDED: readonly [
  header: string | undefined,
  hops: number,
  expected: string | undefined,
][] = [
  [undefined, 0, "192.0.2.1"],
  ["203.0.113.7", 0, "192.0.2.1"],
  ["203.0.113.7", 1, "203.0.113.7"],
  ["198.51.100.9, 203.0.113.7", 1, "203.0.113.7"],
  ["198.51.100.9,203.0.113.7", 2, "198.51.100.9"],
  ["203.0.113.7", 2, undefined],
  [undefined, 1, ""],
];

for (const [header, trustedProxyHops, expected] of FORWARDED) {
  Deno.test(`sourceAddress() behind ${trustedProxyHops} proxies with ${header ?? "no header"}`, () => {
    const headers = new Headers(header === undefined ? {} : { "x-forwarded-for": header });

    assert.equal(sourceAddress(headers, { peer: "192.0.2.1", trustedProxyHops }), expected);
  });
}

const ADDRESSES: readonly [url: string, expected: boolean][] = [
  ["http://localhost:3000/", true],
  ["http://127.0.0.1/", true],
  ["http://127.1.2.3/", true],
  ["http://[::1]:3000/", true],
  ["http://127.0.0.1.example.com/", false],
  ["http://localhost.example.com/", false],
  ["http://10.0.0.1/", false],
];

for (const [url, expected] of ADDRESSES) {
  Deno.test(`isLoopback() of ${url} is ${expected}`, () => {
    assert.equal(isLoopback(new URL(url)), expected);
  });
}

Deno.test("isAllowedSource() allows every address if no list is set", async () => {
  const options = { peer: "203.0.113.9", sources: undefined, trustedProxyHops: 0 };

  assert.equal(await isAllowedSource(new Headers(), options), true);
});

Deno.test("isAllowedSource() trusts only the forwarded addresses that our own proxies added", async () => {
  const list = parseSources(["34.202.241.227"]);
  assert(list.ok);
  const headers = new Headers({ "x-forwarded-for": "34.202.241.227, 203.0.113.9" });
  const peer = "10.0.0.1";

  const allowed = await Promise.all(
    [0, 1, 2, 3].map((trustedProxyHops) =>
      isAllowedSource(headers, { peer, sources: list.value, trustedProxyHops })
    ),
  );

  assert.deepEqual(allowed, [false, false, true, false]);
});
