// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { isBlockedByFilter, isIpAddress, isPrivateAddress } from "./hook_address.ts";

for (
  const [address, expected] of [
    ["http://10.1.2.3", true],
    ["http://100.64.0.1", true],
    ["http://127.0.0.1:3000", true],
    ["http://169.254.169.254", true],
    ["http://172.16.0.1", true],
    ["http://172.32.0.1", false],
    ["http://192.168.1.1", true],
    ["http://203.0.113.7", false],
    ["http://[::1]", true],
    ["http://[fd00::9]", true],
    ["http://[fe80::1]", true],
    ["http://[2001:db8::1]", false],
    ["http://bridge:3000", true],
    ["http://localhost", true],
    ["http://bridge.internal", true],
    ["http://bridge.default.svc", true],
    ["https://bridge.example.com", false],
  ] as const
) {
  Deno.test(`isPrivateAddress() is ${expected} for ${address}`, () => {
    assert.equal(isPrivateAddress(new URL(address)), expected);
  });
}

for (
  const [address, expected] of [
    ["http://203.0.113.7", true],
    ["http://[2001:db8::1]", true],
    ["http://localhost", false],
  ] as const
) {
  Deno.test(`isIpAddress() is ${expected} for ${address}`, () => {
    assert.equal(isIpAddress(new URL(address)), expected);
  });
}

const FILTER = { "disallow_private_ip_ranges": true };

for (
  const [name, http, address, options, expected] of [
    ["the filter is off", {}, "http://10.0.0.9/x", {}, false],
    ["the address is private", FILTER, "http://10.0.0.9/x", {}, true],
    ["the project is on Ory Network", {}, "http://10.0.0.9/x", { isNetwork: true }, true],
    ["the address is public", FILTER, "http://203.0.113.7/x", {}, false],
    [
      "an exception names the address",
      { ...FILTER, "private_ip_exception_urls": ["http://10.0.0.*/x"] },
      "http://10.0.0.9/x?query",
      {},
      false,
    ],
    [
      "an exception names another address",
      { ...FILTER, "private_ip_exception_urls": ["http://10.0.0.?/x"] },
      "http://10.0.0.99/x",
      {},
      true,
    ],
    [
      "one of the addresses of the name is private",
      FILTER,
      "https://bridge.example.com/x",
      { addresses: ["203.0.113.7", "fd00::9"] },
      true,
    ],
    [
      "all addresses of the name are public",
      FILTER,
      "https://bridge.example.com/x",
      { addresses: ["203.0.113.7"] },
      false,
    ],
    ["the name cannot be resolved", FILTER, "https://bridge.example.com/x", {}, undefined],
  ] as const
) {
  Deno.test(`isBlockedByFilter() is ${expected} if ${name}`, async () => {
    const { isNetwork, addresses } = { isNetwork: false, addresses: undefined, ...options };

    const isBlocked = await isBlockedByFilter({ clients: { http } }, {
      url: new URL(address),
      isNetwork,
      resolve: () =>
        addresses === undefined ? Promise.reject(new Error("no")) : Promise.resolve(addresses),
    });

    assert.equal(isBlocked, expected);
  });
}
