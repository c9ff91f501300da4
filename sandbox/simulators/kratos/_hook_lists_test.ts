// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  ADA,
  createActions,
  createHook,
  createKratos,
} from "../../../tests/support/kratos_client.ts";

Deno.test("a list of hooks at the method replaces the list of the flow", async () => {
  const actions = createActions({}, { hooks: [createHook("initiate")] });
  const { kratos, hookCalls } = createKratos({ actions });
  const without = createKratos({ actions, hasSessionHook: false });

  await kratos.register(ADA);
  await without.kratos.register(ADA);

  assert.equal(hookCalls.length, 0);
  assert.equal(without.hookCalls.length, 1);
});
