// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ADA, createKratos, patch } from "../../../tests/support/kratos_client.ts";

const add = (path: string, value: unknown) => ({ op: "add", path, value });

const PATCHES: readonly [name: string, metadata: unknown, operations: unknown, after: unknown][] = [
  ["adds under null", null, [add("/metadata_public/a/b", 1)], { a: { b: 1 } }],
  ["adds when it replaces a missing value", {}, [{
    ...add("/metadata_public/a", 1),
    op: "replace",
  }], { a: 1 }],
  ["adds a list under null for digits", null, [add("/metadata_public/2", 1)], [null, null, 1]],
  ["adds to the end of a list", { l: [1] }, [add("/metadata_public/l/-", 2)], { l: [1, 2] }],
  ["reads ~1 and ~0", {}, [add("/metadata_public/a~1b~0", 1)], { "a/b~": 1 }],
  ["removes a value", { a: 1, b: 2 }, [{ op: "remove", path: "/metadata_public/a" }], { b: 2 }],
  ["refuses to remove a missing value", {}, [{ op: "remove", path: "/metadata_public/a" }], 400],
  ["refuses a parent that is text", "text", [add("/metadata_public/a", 1)], 400],
  ["refuses a missing element", { l: [1] }, [
    { ...add("/metadata_public/l/5", 1), op: "replace" },
  ], 400],
  ["refuses the operation test", { a: 1 }, [{ ...add("/metadata_public/a", 1), op: "test" }], 400],
  ["refuses a move", { a: 1 }, [
    { op: "move", path: "/metadata_public/b", from: "/metadata_public/a" },
  ], 400],
  ["refuses the id", {}, [add("/metadata_public/a", 1), add("/ID", "x")], 400],
  ["refuses credentials", {}, [add("/credentials/password", {})], 400],
  ["refuses an unknown state", {}, [add("/state", "gone")], 400],
  ["refuses traits that do not fit the schema", {}, [add("/traits/email", "nobody")], 400],
  ["refuses a body that is not a list", {}, { op: "add" }, 400],
  ["drops unknown fields", { a: 1 }, [add("/nonsense", 1)], { a: 1 }],
];

for (const [name, metadata, operations, after] of PATCHES) {
  Deno.test(`a patch ${name}`, async () => {
    const { kratos } = createKratos();
    const { identityId = "" } = await kratos.register(ADA);
    await patch(kratos, identityId, [add("/metadata_public", metadata)]);

    const { status } = await patch(kratos, identityId, operations);

    const identity = kratos.identities.get(identityId);
    assert.equal(status, after === 400 ? 400 : 200);
    assert.deepEqual(identity?.["metadata_public"], after === 400 ? metadata : after);
    assert.deepEqual(identity?.traits, ADA);
    assert(!Object.hasOwn(identity ?? {}, "nonsense"));
  });
}

Deno.test("a patch cannot set the address of another identity", async () => {
  const { kratos } = createKratos();
  await kratos.register({ email: "eva@example.com" });
  const { identityId = "" } = await kratos.register(ADA);
  const take = (value: string) =>
    patch(kratos, identityId, [{ op: "replace", path: "/traits/email", value }]);

  assert.equal((await take("Eva@example.com")).status, 409);
  assert.equal((await take("ADA@example.com")).status, 200);
  assert.equal(kratos.identities.get(identityId)?.traits.email, "ADA@example.com");
});
