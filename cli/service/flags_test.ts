import assert from "node:assert/strict";
import { createOperatorIo } from "../../tests/support/operator_io.ts";
import { type Arguments, UsageError } from "../frame/command.ts";
import { readServiceAccess } from "./flags.ts";

function args({ url, fromStdin = false }: { url?: string; fromStdin?: boolean } = {}): Arguments {
  return {
    operands: [],
    text: (flag) => flag === "url" ? url : undefined,
    has: (flag) => flag === "secret-stdin" && fromStdin,
    list: () => undefined,
  };
}

const ENV = { "PUBLIC_URL": "https://bridge.example.com/base", "OPERATOR_SECRET": "new old" };

Deno.test("readServiceAccess() takes both from the environment, the newest secret of several", async () => {
  const { url, secret } = await readServiceAccess(args(), createOperatorIo({ env: ENV }).io);

  assert.equal(url.href, "https://bridge.example.com/base/");
  assert.equal(secret.reveal(), "new");
});

Deno.test("readServiceAccess() lets --url and standard input come first", async () => {
  const { io } = createOperatorIo({ env: ENV, stdin: "from-a-vault\n" });

  const { url, secret } = await readServiceAccess(
    args({ url: "http://127.0.0.1:3000", fromStdin: true }),
    io,
  );

  assert.equal(url.href, "http://127.0.0.1:3000/");
  assert.equal(secret.reveal(), "from-a-vault");
});

for (
  const [name, env] of [
    ["no address", { "OPERATOR_SECRET": "x" }],
    ["an address of another kind", { "PUBLIC_URL": "ftp://x", "OPERATOR_SECRET": "x" }],
    ["no secret", { "PUBLIC_URL": "https://bridge.example.com" }],
  ] as const
) {
  Deno.test(`readServiceAccess() refuses ${name}`, async () => {
    await assert.rejects(readServiceAccess(args(), createOperatorIo({ env }).io), UsageError);
  });
}
