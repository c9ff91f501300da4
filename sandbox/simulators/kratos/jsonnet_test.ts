import assert from "node:assert/strict";
import { renderStandIn } from "./jsonnet.ts";

// The real Jsonnet is met in tests/service/templates_test.ts, which holds this stand-in to the same table.

Deno.test("renderStandIn() skips the call for who is verified, and for nobody else", async () => {
  const render = (jumio: unknown) =>
    renderStandIn("validate", {
      identity: { id: "ada", "metadata_public": { jumio } },
      flow: { id: "flow" },
    });

  assert.equal(await render({ status: "verified" }), "cancel");
  assert.deepEqual(await render({ status: "VERIFIED" }), {
    body: { "identity_id": "ada", "flow_id": "flow", jumio: { status: "VERIFIED" } },
  });
});
