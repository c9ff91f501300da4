// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { renderStandIn } from "./jsonnet.ts";

// tests/service/templates_test.ts runs one table with renderStandIn() and with the real Jsonnet.

Deno.test("renderStandIn() skips the call for verified people only", async () => {
  const render = (jumio: unknown) =>
    renderStandIn("validate", {
      identity: { id: "ada", "metadata_public": { jumio } },
      flow: { id: "flow" },
    });

  assert.equal(await render({ status: "verified" }), "cancel");
  assert.deepEqual(await render({ status: "VERIFIED" }), {
    body: {
      "identity_id": "ada",
      "flow_id": "flow",
      "accept_language": null,
      jumio: { status: "VERIFIED" },
    },
  });
});
