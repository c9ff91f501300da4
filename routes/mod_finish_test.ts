// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext } from "../tests/support/context.ts";
import { createHandler } from "./mod.ts";
import { listRoutes } from "./table.ts";

for (const path of ["/health", "/unknown"]) {
  Deno.test(`createHandler() finishes the answer of ${path} before it gives it`, async () => {
    await using service = await createTestContext();
    const handle = createHandler(service.context, await listRoutes(service.context.config));

    const response = await handle(
      new Request(`http://service${path}`),
      { remoteAddr: {} },
      ({ headers }) => headers.set("connection", "close"),
    );

    assert.equal(response.headers.get("connection"), "close");
  });
}
