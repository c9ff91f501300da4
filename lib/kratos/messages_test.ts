// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { KratosMessages, kratosRefusal, MESSAGE_IDS } from "./messages.ts";

Deno.test("kratosRefusal() nests its message, with an integer as its id", async () => {
  const response = kratosRefusal({ status: 403, messageId: 9_470_101, text: "No" });

  assert.equal(response.status, 403);
  assert.deepEqual(await response.json(), {
    messages: [{
      "instance_ptr": "#/",
      "messages": [{ id: 9_470_101, text: "No", type: "error" }],
    }],
  });
});

for (const [name, messageId] of Object.entries(MESSAGE_IDS)) {
  Deno.test(`kratosRefusal() with the id of ${name} fits the documented schema`, async () => {
    const response = kratosRefusal({ status: 400, messageId, text: "No" });

    assert(KratosMessages.safeParse(await response.json()).success);
  });
}
