import assert from "node:assert/strict";
import { deriveKey } from "../crypto/derived_key.ts";
import { signToken } from "../crypto/jwt.ts";
import { createSecret } from "../crypto/secret.ts";
import {
  createOperatorKeys,
  createSession,
  findOperatorKey,
  type OperatorKey,
  SESSION_MS,
  verifySession,
} from "./key.ts";

const NOW = Date.UTC(2026, 4, 4);

/** Keys of these secrets, and the first of them. */
function create(...secrets: readonly [string, ...string[]]): {
  keys: readonly OperatorKey[];
  key: OperatorKey;
} {
  const keys = createOperatorKeys(secrets.map(createSecret));
  assert(keys[0] !== undefined);
  return { keys, key: keys[0] };
}

Deno.test("createOperatorKeys() gives each secret an id of its own, always the same", () => {
  const ids = () => create("newest-secret", "older-secret").keys.map(({ id }) => id);

  assert.equal(new Set(ids()).size, 2);
  assert.deepEqual(ids(), ids());
  for (const id of ids()) assert.match(id, /^[0-9a-f]{8}$/);
});

Deno.test("findOperatorKey() finds the key of each secret, and none for another text", () => {
  const { keys } = create("newest-secret", "older-secret");

  const found = ["newest-secret", "older-secret", "retired-secret", ""]
    .map((candidate) => findOperatorKey(candidate, keys));

  assert.deepEqual(found, [keys[0], keys[1], undefined, undefined]);
});

Deno.test("verifySession() gives the operator until the session expires", async () => {
  const { keys, key } = create("newest-secret", "older-secret");
  const token = await createSession({ name: "Ada", key, now: NOW });

  const before = await verifySession(token, { keys, now: NOW + SESSION_MS - 1_000 });
  const after = await verifySession(token, { keys, now: NOW + SESSION_MS });

  assert.deepEqual([before, after], [{ name: "Ada", secretId: key.id }, undefined]);
});

Deno.test("verifySession() refuses a session by a retired secret", async () => {
  const { key } = create("retired-secret");
  const token = await createSession({ name: "Ada", key, now: NOW });

  const { keys } = create("newest-secret");

  assert.equal(await verifySession(token, { keys, now: NOW }), undefined);
});

Deno.test("verifySession() refuses a session under the id of another secret", async () => {
  const { keys, key } = create("newest-secret", "older-secret");
  const { key: forged } = create("guessed-secret");
  const token = await createSession({ name: "Ada", key: { ...forged, id: key.id }, now: NOW });

  assert.equal(await verifySession(token, { keys, now: NOW }), undefined);
});

Deno.test("verifySession() refuses the token of a link by the same secret", async () => {
  const { keys, key: { id } } = create("the-same-secret");
  const { kid, key } = deriveKey(createSecret("the-same-secret"), { audience: "link" });
  const claims = { subject: "Ada", expiresAt: NOW + SESSION_MS };

  const sessions = await Promise.all(
    [kid, id].map(async (name) =>
      await verifySession(await signToken(claims, { kid: name, key }), { keys, now: NOW })
    ),
  );

  assert.deepEqual(sessions, [undefined, undefined]);
});

Deno.test("createSession() does not put the secret into the token", async () => {
  const { key } = create("newest-secret");

  const token = await createSession({ name: "Ada", key, now: NOW });

  const parts = token.split(".").map((part) =>
    new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: "base64url" }))
  );
  assert(!parts.join().includes("newest-secret"));
});
