// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSecret } from "./secret.ts";

Deno.test("createSecret() gives a value that printing and serializing do not show", () => {
  const secret = createSecret("the-secret");

  const printed = [Deno.inspect(secret), JSON.stringify({ secret }), `${Object.entries(secret)}`];

  for (const text of printed) assert(!text.includes("the-secret"), text);
  assert.equal(secret.reveal(), "the-secret");
});
