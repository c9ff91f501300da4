// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { deriveKey } from "../crypto/derived_key.ts";
import { signToken } from "../crypto/jwt.ts";
import { createSecret } from "../crypto/secret.ts";
import {
  createOperatorKeys,
  createSession,
  findOperatorKey,
  nameOperator,
  type OperatorKey,
  readSecretId,
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

Deno.test("readSecretId() gives each secret an id of its own, always the same", async () => {
  const createBoth = () => create("newest-secret", "older-secret").keys;

  const ids = await Promise.all(createBoth().map(readSecretId));

  assert.equal(new Set(ids).size, 2);
  assert.deepEqual(ids, await Promise.all(createBoth().map(readSecretId)));
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}$/);
});

Deno.test("findOperatorKey() finds the key of each secret, and none for another text", async () => {
  const { keys } = create("newest-secret", "older-secret");

  const found = await Promise.all(
    ["newest-secret", "older-secret", "retired-secret", ""]
      .map((candidate) => findOperatorKey(candidate, keys)),
  );

  assert.deepEqual(found, [keys[0], keys[1], undefined, undefined]);
});

Deno.test("findOperatorKey() compares with every value, also after one that matches", async () => {
  const compared: number[] = [];
  const keys = create("ada:one", "bo:ro:two", "three").keys.map((key, index) => ({
    ...key,
    secret: {
      ...key.secret,
      reveal() {
        compared.push(index);
        return key.secret.reveal();
      },
    },
  }));

  const found = await findOperatorKey("ada:one", keys);

  assert.equal(found?.name, "ada");
  assert.deepEqual(compared, [0, 1, 2]);
});

for (
  const [what, candidate] of [
    ["the secret without its name", "the-secret"],
    ["the secret with another name", "bo:the-secret"],
    ["the read-only secret as one that may change", "bo:read-secret"],
    ["the secret as read-only", "ada:ro:the-secret"],
    ["the name alone", "ada:"],
  ] as const
) {
  Deno.test(`findOperatorKey() finds no key for ${what}`, async () => {
    const { keys } = create("ada:the-secret", "bo:ro:read-secret");

    assert.equal(await findOperatorKey(candidate, keys), undefined);
  });
}

for (
  const [what, value, given, expected] of [
    ["a secret with a name acts under it", "ada:one", undefined, "ada"],
    ["a secret with a name accepts the same name", "ada:one", "ada", "ada"],
    ["a secret with a name refuses another name", "ada:one", "bo", false],
    ["a secret with a name refuses a name that nobody has", "ada:one", "eve", false],
    ["a secret with a name refuses its name in capitals", "ada:one", "Ada", false],
    ["a secret without a name acts under any free name", "three", "Eve L.", "Eve L."],
    ["a secret without a name has none if none is given", "three", undefined, undefined],
    ["a secret without a name refuses that of another secret", "three", "ada", false],
    ["a secret without a name refuses that of a read-only one", "three", "bo", false],
    ["a secret without a name refuses a name in capitals", "three", "ADA", false],
    ["a secret without a name refuses a name in full-width letters", "three", "ａｄａ", false],
  ] as const
) {
  Deno.test(`nameOperator(): ${what}`, async () => {
    const { keys } = create("ada:one", "bo:ro:two", "three");
    const key = await findOperatorKey(value, keys);
    assert(key !== undefined);

    const named = nameOperator(key, { given, keys });

    assert.deepEqual(named, expected === false ? { ok: false } : { ok: true, name: expected });
  });
}

Deno.test("verifySession() takes the name and the right from the secret", async () => {
  const { keys, key } = create("ada:ro:one");
  const token = await createSession({ name: "bo", key, now: NOW });
  const own = await createSession({ name: "ada", key, now: NOW });

  const sessions = await Promise.all(
    [token, own].map((each) => verifySession(each, { keys, now: NOW })),
  );

  assert.deepEqual(sessions, [undefined, {
    name: "ada",
    secretId: await readSecretId(key),
    isReadOnly: true,
  }]);
});

for (
  const [what, before, after] of [
    ["gets another name", "ada:one", "bo:one"],
    ["becomes read-only", "ada:one", "ada:ro:one"],
    ["may change things now", "ada:ro:one", "ada:one"],
    ["has a name now", "one", "ada:one"],
  ] as const
) {
  Deno.test(`verifySession() ends a session if its secret ${what}`, async () => {
    const token = await createSession({ name: "ada", key: create(before).key, now: NOW });

    assert.equal(await verifySession(token, { keys: create(after).keys, now: NOW }), undefined);
  });
}

Deno.test("verifySession() ends a session under a name that a new secret has", async () => {
  const { key } = create("one");
  const token = await createSession({ name: "Ada", key, now: NOW });

  const { keys } = create("one", "ada:two");

  assert.equal(await verifySession(token, { keys, now: NOW }), undefined);
});

Deno.test("verifySession() gives the operator until the session expires", async () => {
  const { keys, key } = create("newest-secret", "older-secret");
  const token = await createSession({ name: "Ada", key, now: NOW });

  const before = await verifySession(token, { keys, now: NOW + SESSION_MS - 1_000 });
  const after = await verifySession(token, { keys, now: NOW + SESSION_MS });

  assert.deepEqual([before, after], [
    { name: "Ada", secretId: await readSecretId(key), isReadOnly: false },
    undefined,
  ]);
});

Deno.test("verifySession() refuses a session by a retired secret", async () => {
  const { key } = create("retired-secret");
  const token = await createSession({ name: "Ada", key, now: NOW });

  const { keys } = create("newest-secret");

  assert.equal(await verifySession(token, { keys, now: NOW }), undefined);
});

Deno.test("verifySession() refuses a session under the id of another secret", async () => {
  const { keys, key } = create("newest-secret", "older-secret");
  const { key: guessed } = create("guessed-secret");
  const forged = { kid: await readSecretId(key), key: (await guessed.sessionKey()).key };
  const token = await createSession({
    name: "Ada",
    key: { ...guessed, sessionKey: () => Promise.resolve(forged) },
    now: NOW,
  });

  assert.equal(await verifySession(token, { keys, now: NOW }), undefined);
});

Deno.test("verifySession() refuses the token of a link by the same secret", async () => {
  const { keys, key: own } = create("the-same-secret");
  const id = await readSecretId(own);
  const { kid, key } = await deriveKey(createSecret("the-same-secret"), { audience: "link" });
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
