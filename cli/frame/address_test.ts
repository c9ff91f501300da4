// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readAddress } from "./address.ts";

Deno.test("readAddress() reads the first address that is set, and an empty one counts as unset", () => {
  const url = readAddress([
    { name: "--url", text: undefined },
    { name: "OPERATOR_URL", text: " " },
    { name: "PUBLIC_URL", text: " https://bridge.example.com/base " },
  ]);

  assert.equal(url?.href, "https://bridge.example.com/base");
  assert.equal(readAddress([{ name: "PUBLIC_URL", text: "" }]), undefined);
});

for (
  const text of [
    "ftp://x",
    "bridge.example.com",
    "https://",
    "https://user:pw@x",
    "https://x/?a=b",
    "https://x/#a",
    "???",
  ]
) {
  Deno.test(`readAddress() refuses ${text}, and names where it was given`, () => {
    assert.throws(
      () => readAddress([{ name: "PUBLIC_URL", text }, { name: "--url", text: "https://good" }]),
      { name: "UsageError", message: /^PUBLIC_URL has a wrong form/ },
    );
  });
}
