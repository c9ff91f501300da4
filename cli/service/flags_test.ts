// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { type Arguments, UsageError } from "../frame/command.ts";
import { readServiceAccess } from "./flags.ts";

function createArguments(
  { url, as, fromStdin = false }: { url?: string; as?: string; fromStdin?: boolean } = {},
): Arguments {
  return {
    operands: [],
    text: (flag) => ({ url, as })[flag],
    has: (flag) => flag === "secret-stdin" && fromStdin,
    list: () => undefined,
  };
}

const ENV = { "PUBLIC_URL": "https://bridge.example.com/base", "OPERATOR_SECRET": "new old" };

Deno.test("readServiceAccess() reads the environment, and the newest of several secrets", async () => {
  const { runtime } = createTestRuntime({ env: ENV });

  const { url, secret } = await readServiceAccess(createArguments(), runtime);

  assert.equal(url.href, "https://bridge.example.com/base/");
  assert.equal(secret.reveal(), "new");
});

Deno.test("readServiceAccess() prefers OPERATOR_URL to PUBLIC_URL", async () => {
  const env = { ...ENV, "OPERATOR_URL": "http://10.0.0.2:3000" };
  const { runtime } = createTestRuntime({ env });

  const { url } = await readServiceAccess(createArguments(), runtime);

  assert.equal(url.href, "http://10.0.0.2:3000/");
});

Deno.test("readServiceAccess() prefers --url and standard input to the environment", async () => {
  const { runtime } = createTestRuntime({ env: ENV, stdin: "from-a-vault\n" });
  const args = createArguments({ url: "http://127.0.0.1:3000", fromStdin: true });

  const { url, secret } = await readServiceAccess(args, runtime);

  assert.equal(url.href, "http://127.0.0.1:3000/");
  assert.equal(secret.reveal(), "from-a-vault");
});

for (
  const [name, env] of [
    ["a missing address", { "OPERATOR_SECRET": "x" }],
    ["an address that is not http", { "PUBLIC_URL": "ftp://x", "OPERATOR_SECRET": "x" }],
    ["a missing secret", { "PUBLIC_URL": "https://bridge.example.com" }],
  ] as const
) {
  Deno.test(`readServiceAccess() refuses ${name}`, async () => {
    const { runtime } = createTestRuntime({ env });

    await assert.rejects(readServiceAccess(createArguments(), runtime), UsageError);
  });
}

for (
  const [what, setting, as, expected] of [
    ["one value of a name, whole", "ada:one", undefined, ["ada:one", "ada"]],
    ["one read-only value, whole", "ada:ro:one", undefined, ["ada:ro:one", "ada"]],
    ["the newest of a name", "ada:new ada:old", undefined, ["ada:new", "ada"]],
    ["the first, if it has no name", "bare ada:one", undefined, ["bare", undefined]],
    ["the value of the name in --as", "ada:one bo:two bo:old", "bo", ["bo:two", "bo"]],
    ["a value without a name for another --as", "ada:one bare", "eve", ["bare", undefined]],
    ["a value of a wrong form as it is", "Ada:one", undefined, ["Ada:one", undefined]],
  ] as const
) {
  Deno.test(`readServiceAccess() takes ${what}`, async () => {
    const { runtime } = createTestRuntime({ env: { ...ENV, "OPERATOR_SECRET": setting } });
    const args = createArguments(as === undefined ? {} : { as });

    const { secret, name } = await readServiceAccess(args, runtime);

    assert.deepEqual([secret.reveal(), name], expected);
  });
}

for (
  const [what, setting, as, message] of [
    ["values of several names without --as", "ada:one bo:two", undefined, /choose with --as NAME/],
    ["several names beside a value without one", "x ada:one bo:two", undefined, /choose with/],
    ["--as with a name that no value has", "ada:one", "bo", /no value of the name in --as/],
  ] as const
) {
  Deno.test(`readServiceAccess() refuses ${what}, and prints no value`, async () => {
    const { runtime } = createTestRuntime({ env: { ...ENV, "OPERATOR_SECRET": setting } });
    const args = createArguments(as === undefined ? {} : { as });

    await assert.rejects(readServiceAccess(args, runtime), (error) => {
      assert(error instanceof UsageError);
      assert.match(error.message, message);
      return !/ada|bo:|one|two/.test(error.message);
    });
  });
}
