import assert from "node:assert/strict";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { type Arguments, UsageError } from "../frame/command.ts";
import { readServiceAccess } from "./flags.ts";

function createArguments(
  { url, fromStdin = false }: { url?: string; fromStdin?: boolean } = {},
): Arguments {
  return {
    operands: [],
    text: (flag) => flag === "url" ? url : undefined,
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
