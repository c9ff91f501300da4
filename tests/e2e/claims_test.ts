// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createLocalJWKSet, type JWTPayload, jwtVerify } from "jose";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { operate } from "../support/operator.ts";
import { createWorld, HOOK_SECRET, type World } from "./world.ts";

/** A world whose Kratos makes tokens, and the public keys of these tokens. */
interface TokenWorld {
  readonly world: World;
  readonly keys: ReturnType<typeof createLocalJWKSet>;
}

const ROOT = new URL("../../", import.meta.url);
const NONE = { status: "none", verdict: null, "decided_at": null, "valid_until": null };

/** Starts a real Kratos with the tokenizer that `operator render` merges into its kratos.yml. */
async function setUp(): Promise<TokenWorld> {
  const { privateKeys, publicKeys } = await createKeys();
  const world = await createWorld("the real Kratos", {
    async editConfig(text, serviceUrl) {
      const argv = ["render", "--merge", "kratos.yml", `--url=${serviceUrl}`, "--tokenizer=jumio"];
      const { exitCode, stdout, stderr } = await operate(argv, { files: { "kratos.yml": text } });
      assert.equal(exitCode, 0, stderr);
      const jwksUrl = `base64://${btoa(privateKeys)}`;
      return stdout.replaceAll("${ORY_WEBHOOK_SECRET}", HOOK_SECRET)
        .replaceAll("${TOKENIZER_JWKS_URL}", jwksUrl);
    },
  });
  return { world, keys: createLocalJWKSet(JSON.parse(publicKeys)) };
}

/** Makes key sets by the command that docs/operator.md has. */
async function createKeys(): Promise<{ privateKeys: string; publicKeys: string }> {
  const document = await Deno.readTextFile(new URL("docs/operator.md", ROOT));
  const [command = ""] = /^npx -y deno@\S+ eval '\n[^']*public\.json[^']*'$/m.exec(document) ?? [];
  const config = fileURLToPath(new URL("deno.json", ROOT));
  const local = command.replace(/npx -y deno@\S+ eval/, `"$DENO" eval --config="${config}"`);
  const folder = await Deno.makeTempDir({ prefix: "keys-" });
  const args = ["-euc", local];
  const env = { "DENO": Deno.execPath() };
  const { success, stderr } = await new Deno.Command("sh", { args, cwd: folder, env }).output();
  assert(success, new TextDecoder().decode(stderr));
  const [privateKeys, publicKeys] = await Promise.all(
    ["jwks.json", "public.json"].map((name) => Deno.readTextFile(join(folder, name))),
  );
  await Deno.remove(folder, { recursive: true });
  assert.doesNotMatch(publicKeys ?? "", /"d"/);
  return { privateKeys: privateKeys ?? "", publicKeys: publicKeys ?? "" };
}

async function readToken({ kratos }: World, sessionToken: string): Promise<string> {
  const response = await fetch(`${kratos.publicUrl}/sessions/whoami?tokenize_as=jumio`, {
    headers: { "x-session-token": sessionToken },
  });
  const { tokenized } = await response.json();
  return String(tokenized);
}

/** Verifies the token as an application does. */
async function verify(token: string, { world, keys }: TokenWorld): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ["ES256"],
    issuer: `${world.kratos.publicUrl}/`,
    requiredClaims: ["sub", "exp", "jumio"],
  });
  return payload;
}

Deno.test("a token of a real Kratos says what the verification says, and stays as it is until it ends", async () => {
  const tokens = await setUp();
  await using world = tokens.world;
  const { sessionToken, identityId } = await world.ory.register("ada@example.com");

  await waitUntil(
    "the identity names the execution",
    async () =>
      typeof (await world.ory.identity(identityId))?.jumio["workflow_execution_id"] === "string",
  );
  const before = await readToken(world, sessionToken);
  const claimsBefore = await verify(before, tokens);
  const execution = world.jumio.executions.find(({ userReference }) =>
    userReference === identityId
  );
  await world.jumio.finish(execution?.id ?? "", "passed");
  await waitUntil(
    "the identity is verified",
    async () => (await world.ory.identity(identityId))?.jumio["status"] === "verified",
  );
  const jumio = (await world.ory.identity(identityId))?.jumio ?? {};
  const claimsAfter = await verify(await readToken(world, sessionToken), tokens);
  const claimsOfOldToken = await verify(before, tokens);
  await world.ory.putWithoutMetadata(identityId);
  const claimsOfLost = await verify(await readToken(world, sessionToken), tokens);

  assert.equal(claimsBefore.sub, identityId);
  assert.deepEqual(claimsBefore["jumio"], { ...NONE, status: "pending" });
  assert.deepEqual(claimsAfter["jumio"], {
    status: "verified",
    verdict: "PASSED",
    "decided_at": jumio["decided_at"],
    "valid_until": jumio["valid_until"] ?? null,
  });
  assert.match(String(jumio["decided_at"]), /^\d{4}-/);
  assert.deepEqual(claimsOfOldToken, claimsBefore);
  assert.equal(Number(claimsBefore.exp) - Number(claimsBefore.iat), 60);
  assert.deepEqual(claimsOfLost["jumio"], NONE);
});
